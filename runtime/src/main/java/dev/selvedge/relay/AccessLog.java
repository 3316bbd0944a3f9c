package dev.selvedge.relay;

/**
 * Hears of each request, WebSocket, event stream and connection of layer 4, when it is over. On
 * event loops: may not block.
 */
public interface AccessLog {
  void ended(Entry entry);

  /**
   * An exchange that is over. Nothing of its body, its headers or its query.
   *
   * @param route of a connection of layer 4 its listener; empty if no route matches
   * @param pool empty for what goes to a function, is denied or redirected
   * @param client the client's address, behind trusted proxies the one that they vouch for
   * @param method {@code TCP} for a connection of layer 4
   * @param path as it came, without the query; empty for a connection of layer 4
   * @param member empty if there was none for it
   * @param sticky {@code none}, {@code hit} or {@code rehomed}
   * @param status of the answer; 0 if there was none
   * @param bytesIn of the request's body, or of a tunnel from the client; of the WebSockets of
   *     functions none are counted
   * @param bytesOut of the answer's body, or of a tunnel to the client, likewise
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
