package dev.selvedge.relay;

/** Hears of each exchange that went to a pool, when it is over. On event loops: may not block. */
public interface AccessLog {
  void ended(Entry entry);

  /**
   * An exchange that is over. Nothing of its body, its headers or its query.
   *
   * @param client the client's address, behind trusted proxies the one that they vouch for
   * @param path as it came, without the query
   * @param member empty if there was none for it
   * @param sticky {@code none}, {@code hit} or {@code rehomed}
   * @param status of the answer; 0 if there was none
   * @param bytesIn of the request's body, or of a tunnel from the client
   * @param bytesOut of the answer's body, or of a tunnel to the client
   * @param reason why it ended: {@code complete}, {@code client-gone}, {@code closed}, {@code
   *     idle}, {@code fin}, {@code drain}, {@code node-stops}, or the code of the error
   */
  record Entry(
      String route,
      String pool,
      String client,
      String method,
      String path,
      String member,
      String sticky,
      int status,
      long nanos,
      long bytesIn,
      long bytesOut,
      String reason) {}
}
