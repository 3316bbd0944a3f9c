package dev.selvedge.node;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.host.FunctionHost;
import dev.selvedge.router.LeastSessions;
import dev.selvedge.session.SessionTable;

/** Announces how many sessions this node has, when that has changed. Confined to lane 0. */
final class LoadReporter {
  /** The member of the load section with the number of sessions that a node's edge owns. */
  static final String SESSIONS = "sessions";

  private static final long INTERVAL_MILLIS = 200;

  private final Fabric fabric;
  private final SessionTable sessions;
  private final FunctionHost host;
  private int announcedSessions = -1;
  private int announcedHosted = -1;
  private long timer = -1;

  LoadReporter(Fabric fabric, SessionTable sessions, FunctionHost host) {
    this.fabric = fabric;
    this.sessions = sessions;
    this.host = host;
  }

  void start() {
    fabric.lane(0).run(() -> timer = fabric.vertx().setPeriodic(INTERVAL_MILLIS, tick -> report()));
  }

  private void report() {
    int owned = sessions.size();
    int hosted = host.size();
    if (owned != announcedSessions || hosted != announcedHosted) {
      announcedSessions = owned;
      announcedHosted = hosted;
      fabric
          .membership()
          .announce(LeastSessions.SECTION, LeastSessions.load(hosted).put(SESSIONS, owned));
    }
  }

  void stop() {
    fabric.vertx().cancelTimer(timer);
  }
}
