package dev.selvedge.relay;

import dev.selvedge.edge.ClientExchange;
import dev.selvedge.edge.Wheel;
import dev.selvedge.router.Lease;
import dev.selvedge.router.PoolSpec;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Two sockets on one event loop, each written into the other: a WebSocket after its 101, or a
 * connection of layer 4. Confined to that loop.
 *
 * <p>Each side is read only while the other takes what comes, so that a side that does not read
 * costs one read's bytes and what the other's socket buffers hold. The two directions end apart:
 * when one side sends no more, the other is told so once it has everything, and may still send for
 * a while. The place at the member is given back once, when both sides are closed.
 *
 * <p>One deadline in the lane's wheel serves for silence, and then for the time that the second
 * direction takes to end.
 */
final class Tunnel implements Wheel.Owner {
  private enum Phase {
    OPEN,
    /** One direction has ended. */
    HALF_CLOSED,
    /** One socket is closed, the other has got everything: only its own end is waited for. */
    LINGERING,
    OVER
  }

  /** Closing at once would make the kernel reset what the other end has not read yet. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final LaneRelay lane;
  private final Lease lease;
  private final @Nullable Access access;
  private final TunnelSide client;
  private final TunnelSide member;
  private final Wheel.Timer timer = new Wheel.Timer(this);
  private final int idleTicks;
  private final int finTicks;
  private Phase phase = Phase.OPEN;

  /** The tick of the last bytes. */
  private int activeAt;

  private Tunnel(
      LaneRelay lane, PoolSpec spec, Lease lease, boolean frames, @Nullable Access access) {
    this.access = access;
    this.lane = lane;
    this.lease = lease;
    this.client = new TunnelSide(this, frames ? new FrameBoundary() : null, false);
    this.member = new TunnelSide(this, frames ? new FrameBoundary() : null, true);
    this.client.peer(member);
    this.member.peer(client);
    this.idleTicks = Wheel.ticks(spec.relaying().tunnelIdle());
    this.finTicks = Wheel.ticks(spec.relaying().fin());
  }

  /** A tunnel that is closed with a Close frame when it is to go. */
  static Tunnel webSocket(LaneRelay lane, PoolSpec spec, Lease lease, @Nullable Access access) {
    return new Tunnel(lane, spec, lease, true, access);
  }

  /** A tunnel whose bytes mean nothing to us. */
  static Tunnel bytes(LaneRelay lane, PoolSpec spec, Lease lease, @Nullable Access access) {
    return new Tunnel(lane, spec, lease, false, access);
  }

  /**
   * Joins the two sides after a 101.
   *
   * @param first what the member has sent behind its 101; taken over
   */
  void join(ClientExchange exchange, HttpHeaders lines, Channel memberChannel, ByteBuf first) {
    adopt(memberChannel, member);
    begin();
    if (!exchange.takeOver(lines, client)) {
      first.release();
      memberChannel.close();
      client.missing();
      return;
    }
    start(first);
  }

  /**
   * Joins two sockets whose other handlers are such as pass bytes on.
   *
   * @param release makes them pass on what came before
   */
  void join(Channel clientChannel, Channel memberChannel, Runnable release) {
    adopt(memberChannel, member);
    adopt(clientChannel, client);
    begin();
    keepHalfCloses();
    release.run();
    read();
  }

  private static void adopt(Channel channel, TunnelSide side) {
    channel.pipeline().addLast("tunnel", side);
  }

  private void begin() {
    activeAt = lane.wheel().now();
    lane.wheel().arm(timer, idleTicks);
  }

  private void start(ByteBuf first) {
    keepHalfCloses();
    member.receive(first);
    client.channel().flush();
    read();
  }

  private void keepHalfCloses() {
    client.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    member.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
  }

  private void read() {
    client.readIfTaken();
    member.readIfTaken();
    lease.onEvict(this::evict, () -> cut(true));
  }

  // ---- what the sides say

  void passed(boolean fromMember, int bytes) {
    activeAt = lane.wheel().now();
    lease.member().passed(fromMember ? 0 : bytes, fromMember ? bytes : 0);
    if (access != null) {
      access.passed(fromMember ? 0 : bytes, fromMember ? bytes : 0);
    }
  }

  /** A side sends no more; the other has been told. */
  void directionEnded() {
    if (phase == Phase.OPEN) {
      phase = Phase.HALF_CLOSED;
      lane.wheel().arm(timer, finTicks);
    }
  }

  /** What one side still sends goes nowhere, and it has got everything. */
  void linger() {
    if (phase != Phase.OVER && phase != Phase.LINGERING) {
      phase = Phase.LINGERING;
      lane.wheel().arm(timer, LINGER);
    }
  }

  /** A side's socket is closed. */
  void closed() {
    if (phase != Phase.OVER && client.isClosed() && member.isClosed()) {
      phase = Phase.OVER;
      lane.wheel().cancel(timer);
      lease.release();
      if (access != null) {
        access.end("closed");
      }
    }
  }

  // ---- endings

  /** The member is to be rid of its clients. */
  private void evict() {
    if (phase != Phase.OVER) {
      because(lease.evictionReason());
      client.evict();
      member.evict();
    }
  }

  @Override
  public void onDeadline() {
    int quiet = lane.wheel().now() - activeAt;
    int allowed =
        switch (phase) {
          case OPEN -> idleTicks;
          case HALF_CLOSED -> finTicks;
          case LINGERING, OVER -> 0;
        };
    if (quiet < allowed) {
      lane.wheel().arm(timer, allowed - quiet);
    } else {
      because(phase == Phase.OPEN ? "idle" : phase == Phase.HALF_CLOSED ? "fin" : "closed");
      cut(false);
    }
  }

  /** The node goes: what can still be said is said. */
  @Override
  public void onShutdown() {
    because("node-stops");
    evict();
    client.channel().flush();
    member.channel().flush();
    cut(false);
  }

  private void because(String why) {
    if (access != null) {
      access.because(why);
    }
  }

  /** Bytes that were read and wait for a socket to take them; of its two the one with more. */
  long mostPending() {
    return Math.max(client.pending(), member.pending());
  }

  private void cut(boolean reset) {
    client.cut(reset);
    member.cut(reset);
  }
}
