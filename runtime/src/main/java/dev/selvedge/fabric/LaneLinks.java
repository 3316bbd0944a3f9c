package dev.selvedge.fabric;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links of one lane to all peers; confined to the lane.
 *
 * <p>A link lives as long as the pair of nodes sees each other alive, which is one <i>epoch</i> of
 * the pair; {@link Roster} counts them. A link that holds {@link Outbound#LIMIT_BYTES} that the
 * peer has not acknowledged, and a peer that speaks of a later epoch, end the epoch: the peer has
 * left and joined, for everybody on this node.
 */
final class LaneLinks {
  static final int TICK_MILLIS = 20;

  private static final Logger LOG = LoggerFactory.getLogger(LaneLinks.class);

  /** Time and later turns of the lane. */
  interface Turns {
    long nanos();

    /** In the next turn, in order of calls. */
    void soon(Runnable task);

    void after(int millis, Runnable task);
  }

  /** The at-most-once bus below. */
  @FunctionalInterface
  interface Wire {
    void send(NodeId to, int lane, Buffer frame);
  }

  /** Told that the pair of this node and the peer must be at that epoch or a later one. */
  @FunctionalInterface
  interface Epochs {
    void reach(NodeId peer, long epoch);
  }

  private final Lane lane;
  private final NodeId self;
  private final Kinds kinds;
  private final Turns turns;
  private final Wire wire;
  private final Epochs epochs;
  private final Map<NodeId, Link> links = new HashMap<>();
  private boolean flushing;
  private boolean ticking;

  LaneLinks(Lane lane, NodeId self, Kinds kinds, Turns turns, Wire wire, Epochs epochs) {
    this.lane = lane;
    this.self = self;
    this.kinds = kinds;
    this.turns = turns;
    this.wire = wire;
    this.epochs = epochs;
  }

  /** A peer has joined with so many lanes: it may be sent to; nothing is received from it yet. */
  void open(NodeId peer, int lanes, long epoch) {
    links.put(peer, new Link(self, lane.index(), peer, lanes, epoch, wire));
  }

  /** From here on the peer's envelopes are received. */
  void receiveFrom(NodeId peer) {
    Link link = links.get(peer);
    if (link != null) {
      link.receive().forEach(frame -> batch(link, frame));
    }
  }

  /** The peer's end is known to listen. */
  void ready(NodeId peer) {
    Link link = links.get(peer);
    if (link != null) {
      link.out().ready(turns.nanos());
      scheduleTick();
    }
  }

  /** A peer has left. */
  void close(NodeId peer) {
    links.remove(peer);
  }

  /** Whether all that was sent has arrived. */
  boolean isIdle() {
    return links.values().stream().allMatch(link -> link.out().isEmpty());
  }

  /** Sends with the others of this turn; false if the peer is not there. */
  boolean send(NodeId to, Envelope envelope) {
    Link link = links.get(to);
    if (link == null || link.isBroken()) {
      return false;
    }
    if (!kinds.isKnown(envelope.kind())) {
      throw new IllegalArgumentException("envelope kind: " + envelope.kind() + " (not registered)");
    }
    link.add(envelope, turns.nanos());
    scheduleFlush();
    if (link.out().pendingBytes() > Outbound.LIMIT_BYTES) {
      LOG.warn("peer takes nothing, its links are reset peer={} {}", to, lane);
      breakOff(link, link.epoch() + 1);
      return false;
    }
    return true;
  }

  /** Takes what came over the bus. */
  void receive(Buffer bytes) {
    ByteBuf in = ((BufferInternal) bytes).getByteBuf();
    Frame frame;
    try {
      frame = Frame.read(in);
    } catch (IllegalArgumentException e) {
      LOG.warn("malformed frame dropped {}: {}", lane, e.getMessage());
      return;
    }
    Link link = links.get(frame.from());
    if (link == null || link.isBroken() || frame.epoch() < link.epoch()) {
      return;
    }
    if (frame.epoch() > link.epoch()) {
      breakOff(link, frame.epoch());
      return;
    }
    take(link, frame, in);
  }

  private void take(Link link, Frame frame, ByteBuf in) {
    long now = turns.nanos();
    link.out().ready(now);
    boolean fromOurOther = frame.fromLane() == link.peerLane();
    switch (frame.type()) {
      case ACK -> {
        if (fromOurOther) {
          link.out().acknowledged(frame.number(), now);
        }
      }
      case NACK -> {
        if (fromOurOther) {
          link.out().missed(frame.number(), now);
        }
      }
      case BATCH, PROBE -> {
        if (fromOurOther) {
          link.out().acknowledged(frame.ack(), now);
        }
        if (link.isReceiving()) {
          batch(link, new Link.Early(frame, in));
        } else {
          link.keep(new Link.Early(frame, in));
        }
      }
    }
    scheduleTick();
  }

  private void batch(Link link, Link.Early early) {
    Frame frame = early.frame();
    Inbound inbound = link.inbound(frame.fromLane());
    boolean gap = inbound.reportsGap(frame.number(), turns.nanos());
    if (inbound.accept(frame.number(), early.bytes().readableBytes())) {
      deliver(frame.from(), early.bytes());
    }
    if (gap || frame.type() == Frame.Type.PROBE) {
      answer(Frame.Type.NACK, link, frame.fromLane(), inbound);
    } else if (inbound.owesMuch()) {
      answer(Frame.Type.ACK, link, frame.fromLane(), inbound);
    }
    scheduleTick();
  }

  private void deliver(NodeId from, ByteBuf in) {
    while (in.isReadable()) {
      int end;
      Envelope envelope;
      try {
        ByteReader head = new ByteReader(in);
        int kind = head.number("kind", Kinds.COUNT);
        end = endOf(in);
        envelope = decode(kind, in, end);
      } catch (IllegalArgumentException e) {
        LOG.error("malformed batch dropped from={} {}: {}", from, lane, e.getMessage());
        return;
      }
      in.readerIndex(end);
      if (envelope != null) {
        kinds.deliver(lane, from, envelope);
      }
    }
  }

  private static int endOf(ByteBuf in) {
    int length = in.readableBytes() < Integer.BYTES ? -1 : in.readInt();
    if (length < 0 || length > in.readableBytes()) {
      throw new IllegalArgumentException("envelope length: " + length);
    }
    return in.readerIndex() + length;
  }

  /** Null if this envelope cannot be read; those beside it can. */
  private @Nullable Envelope decode(int kind, ByteBuf in, int end) {
    try {
      return kinds.decode(kind, new ByteReader(in, end));
    } catch (RuntimeException e) {
      LOG.error("unreadable envelope dropped kind={} {}", kind, lane, e);
      return null;
    }
  }

  private void answer(Frame.Type type, Link link, int peerLane, Inbound inbound) {
    Frame frame = new Frame(type, self, lane.index(), link.epoch(), inbound.ack(), 0);
    wire.send(link.peer(), peerLane, frame.toBuffer());
  }

  private void breakOff(Link link, long epoch) {
    link.breakOff();
    epochs.reach(link.peer(), epoch);
  }

  private void scheduleFlush() {
    if (!flushing) {
      flushing = true;
      turns.soon(this::flush);
    }
  }

  private void flush() {
    flushing = false;
    long now = turns.nanos();
    for (Link link : links.values()) {
      link.flush(now);
    }
    scheduleTick();
  }

  private void scheduleTick() {
    if (!ticking && needsTick(links.values())) {
      ticking = true;
      turns.after(TICK_MILLIS, this::tick);
    }
  }

  private void tick() {
    ticking = false;
    long now = turns.nanos();
    for (Link link : links.values()) {
      if (!link.isBroken()) {
        link.inbounds().forEach((peerLane, inbound) -> settle(link, peerLane, inbound));
        link.out().tick(now);
      }
    }
    scheduleTick();
  }

  private void settle(Link link, int peerLane, Inbound inbound) {
    if (inbound.owesAck()) {
      answer(Frame.Type.ACK, link, peerLane, inbound);
    }
  }

  private static boolean needsTick(Collection<Link> links) {
    for (Link link : links) {
      if (link.needsTick()) {
        return true;
      }
    }
    return false;
  }
}
