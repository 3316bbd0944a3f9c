package dev.selvedge.relay;

import dev.selvedge.edge.Wheel;
import dev.selvedge.router.Member;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.WeakHashMap;

/** What the relayed exchanges of one event loop share. Confined to that loop. */
final class LaneRelay {
  private final EventLoop loop;
  private final Wheel wheel;
  private final MemberConnections connections;

  /** Members that are in no pool any more, and have no traffic, are forgotten. */
  private final Map<Member, ByteTally> tallies = new WeakHashMap<>();

  LaneRelay(EventLoop loop, Wheel wheel, Transports transports) {
    this.loop = loop;
    this.wheel = wheel;
    this.connections = new MemberConnections(loop, wheel, transports);
  }

  Wheel wheel() {
    return wheel;
  }

  MemberConnections connections() {
    return connections;
  }

  ByteTally tally(Member member) {
    return tallies.computeIfAbsent(member, of -> new ByteTally(loop, of));
  }
}
