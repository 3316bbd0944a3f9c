package dev.selvedge.fabric;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one lane holds for one peer in one epoch: the batches on their way there, and what came from
 * those of the peer's lanes that send here. Confined to the lane.
 */
final class Link {
  /** Batches that come before the peer is received from; more are dropped, and come again. */
  private static final int EARLY_LIMIT = 64;

  /** A batch whose head was read. */
  record Early(Frame frame, ByteBuf bytes) {}

  private final NodeId peer;
  private final int peerLane;
  private final long epoch;
  private final Outbound out;
  private final Map<Integer, Inbound> inbounds = new HashMap<>();
  private @Nullable Deque<Early> early = new ArrayDeque<>();
  private boolean broken;

  Link(NodeId self, int lane, NodeId peer, int peerLanes, long epoch, LaneLinks.Wire wire) {
    this.peer = peer;
    this.peerLane = lane % peerLanes;
    this.epoch = epoch;
    this.out = new Outbound(self, lane, epoch, frame -> wire.send(peer, peerLane, frame));
  }

  NodeId peer() {
    return peer;
  }

  /** The lane of the peer that this one sends to. */
  int peerLane() {
    return peerLane;
  }

  long epoch() {
    return epoch;
  }

  Outbound out() {
    return out;
  }

  Map<Integer, Inbound> inbounds() {
    return inbounds;
  }

  Inbound inbound(int fromLane) {
    return inbounds.computeIfAbsent(fromLane, ignored -> new Inbound());
  }

  void add(Envelope envelope, long now) {
    out.add(envelope, this::ack, now);
  }

  void flush(long now) {
    if (!broken) {
      out.flush(this::ack, now);
    }
  }

  /** The acknowledgement that a batch to {@link #peerLane} carries. */
  private long ack() {
    Inbound inbound = inbounds.get(peerLane);
    return inbound == null ? 0 : inbound.ack();
  }

  boolean isReceiving() {
    return early == null;
  }

  void keep(Early batch) {
    if (early != null && early.size() < EARLY_LIMIT) {
      early.add(batch);
    }
  }

  /** From here on batches are taken; returns those that came early. */
  List<Early> receive() {
    List<Early> kept = early == null ? List.of() : List.copyOf(early);
    early = null;
    return kept;
  }

  /** The epoch is over: nothing more goes or comes. */
  void breakOff() {
    broken = true;
  }

  boolean isBroken() {
    return broken;
  }

  boolean needsTick() {
    if (broken) {
      return false;
    }
    if (out.isWaiting()) {
      return true;
    }
    for (Inbound inbound : inbounds.values()) {
      if (inbound.owesAck()) {
        return true;
      }
    }
    return false;
  }
}
