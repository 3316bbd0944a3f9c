package dev.selvedge.relay;

import dev.selvedge.edge.Wheel;
import io.netty.channel.EventLoop;

/** What the relayed exchanges of one event loop share. Confined to that loop. */
final class LaneRelay {
  private final Wheel wheel;
  private final MemberConnections connections;

  LaneRelay(EventLoop loop, Wheel wheel, Transports transports) {
    this.wheel = wheel;
    this.connections = new MemberConnections(loop, wheel, transports);
  }

  Wheel wheel() {
    return wheel;
  }

  MemberConnections connections() {
    return connections;
  }
}
