package dev.selvedge.relay;

import dev.selvedge.edge.ClientExchange;
import dev.selvedge.router.Lease;
import dev.selvedge.router.Route;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

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

  private Access(
      AccessLog log, String route, String pool, String client, String method, String path) {
    this.log = log;
    this.route = route;
    this.pool = pool;
    this.client = client;
    this.method = method;
    this.path = path;
  }

  /**
   * Of a request.
   *
   * @param route null if there is none
   * @param pool empty if it goes to none
   */
  static Access of(AccessLog log, ClientExchange exchange, @Nullable Route route, String pool) {
    String target = exchange.rawTarget();
    int query = target.indexOf('?');
    return new Access(
        log,
        route == null ? "" : route.name(),
        pool,
        exchange.remoteAddress(),
        exchange.method(),
        query < 0 ? target : target.substring(0, query));
  }

  /** Of a connection of layer 4. */
  static Access ofConnection(AccessLog log, String listener, String pool, String client) {
    return new Access(log, listener, pool, client, "TCP", "");
  }

  /** Has an exchange told of that is not relayed, when it is over. */
  static void follow(AccessLog log, ClientExchange exchange, @Nullable Route route, String pool) {
    Access access = of(log, exchange, route, pool);
    exchange.onEnd(
        (status, bytesIn, bytesOut, reason) -> {
          access.answered(status);
          access.bytesIn = bytesIn;
          access.bytesOut = bytesOut;
          access.end(reason);
        });
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
