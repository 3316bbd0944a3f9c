package dev.selvedge.relay;

import dev.selvedge.edge.ClientExchange;
import dev.selvedge.router.Lease;
import dev.selvedge.router.Pool;
import dev.selvedge.router.Route;
import java.util.Locale;

/** What the access log is told of one exchange. Confined to its event loop. */
final class Access {
  private final AccessLog log;
  private final String route;
  private final String pool;
  private final String client;
  private final String method;
  private final String path;
  private final long begun = System.nanoTime();
  private String member = "";
  private String sticky = "none";
  private String reason = "";
  private int status;
  private long bytesIn;
  private long bytesOut;

  Access(AccessLog log, ClientExchange exchange, Route route, Pool pool) {
    this.log = log;
    this.route = route.name();
    this.pool = pool.name();
    this.client = exchange.remoteAddress();
    this.method = exchange.method();
    String target = exchange.rawTarget();
    int query = target.indexOf('?');
    this.path = query < 0 ? target : target.substring(0, query);
  }

  void got(Lease lease) {
    member = lease.member().address();
    sticky = lease.stickiness().name().toLowerCase(Locale.ROOT);
  }

  void answered(int answer) {
    status = answer;
  }

  void passed(int fromClient, int toClient) {
    bytesIn += fromClient;
    bytesOut += toClient;
  }

  /** Why it is going to end; the first word counts. */
  void because(String why) {
    if (reason.isEmpty()) {
      reason = why;
    }
  }

  /** It is over. */
  void end(String why) {
    because(why);
    log.ended(
        new AccessLog.Entry(
            route,
            pool,
            client,
            method,
            path,
            member,
            sticky,
            status,
            System.nanoTime() - begun,
            bytesIn,
            bytesOut,
            reason));
  }
}
