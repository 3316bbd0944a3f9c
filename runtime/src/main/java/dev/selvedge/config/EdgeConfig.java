package dev.selvedge.config;

import dev.selvedge.function.Transport;
import java.time.Duration;
import java.util.List;

/**
 * {@code edge:} in {@code selvedge.yaml}: the client listener and its limits.
 *
 * @param host address to bind; default {@code 0.0.0.0} ({@code 127.0.0.1} for {@code dev})
 * @param port 0–65535; default 8080
 * @param maxHeaderBytes request line and headers each; default 16 KiB; beyond it 431 (414)
 * @param maxBodyBytes of a request; default 1 MiB; beyond it 413
 * @param headerDeadline from the first byte of a connection or request to the end of its headers;
 *     default 10 s; then the socket is closed
 * @param bodyDeadline for a whole request body; default 30 s; then 408
 * @param keepAlive how long an idle HTTP connection is kept; default 75 s
 * @param maxConnectionsPerIp default 1,000 for an address; 0 for no limit; beyond it a 503
 * @param trustedProxies CIDRs whose {@code X-Forwarded-For} is believed; default none
 * @param origins allowed Origin values where a function's manifest names none; default same origin
 * @param transports what may be used; default all
 */
public record EdgeConfig(
    String host,
    int port,
    int maxHeaderBytes,
    int maxBodyBytes,
    Duration headerDeadline,
    Duration bodyDeadline,
    Duration keepAlive,
    int maxConnectionsPerIp,
    List<String> trustedProxies,
    List<String> origins,
    List<Transport> transports,
    WebSocketConfig webSocket,
    Duration longPollWait,
    Duration linger) {
  public static final EdgeConfig DEFAULT =
      new EdgeConfig(
          "0.0.0.0",
          8080,
          16 * 1024,
          1024 * 1024,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(75),
          1_000,
          List.of(),
          List.of(),
          List.of(Transport.values()),
          WebSocketConfig.DEFAULT,
          Duration.ofSeconds(25),
          Duration.ofSeconds(30));

  /**
   * {@code edge.websocket:}; a function's manifest may narrow it.
   *
   * @param heartbeat default 25 s; 0 for none
   * @param idle default 0: never
   */
  public record WebSocketConfig(
      int maxFrameBytes,
      int maxMessageBytes,
      Duration heartbeat,
      Duration idle,
      boolean compression) {
    public static final WebSocketConfig DEFAULT =
        new WebSocketConfig(64 * 1024, 256 * 1024, Duration.ofSeconds(25), Duration.ZERO, false);
  }
}
