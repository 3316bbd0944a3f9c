package dev.selvedge.config;

import dev.selvedge.function.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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
 * @param proxyProtocol whether every connection begins with a PROXY header, and must come from a
 *     trusted proxy; default false
 * @param origins allowed Origin values where a function's manifest names none; default same origin
 * @param transports what may be used; default all
 * @param longPollWait how long a poll waits for messages; default 25 s
 * @param linger how long a session outlives its last event stream or poll; default 30 s
 * @param tls the listener for encrypted clients; default none
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
    boolean proxyProtocol,
    List<String> origins,
    List<Transport> transports,
    WebSocketConfig webSocket,
    Duration longPollWait,
    Duration linger,
    Optional<TlsConfig> tls) {
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofHours(1);

  public EdgeConfig {
    trustedProxies = List.copyOf(trustedProxies);
    origins = List.copyOf(origins);
    transports = List.copyOf(transports);
    Checks.notBlank("edge.host", host);
    Checks.inRange("edge.port", port, 0, 65_535);
    Checks.sizeInRange("edge.max-header", maxHeaderBytes, 256, 1024 * 1024);
    Checks.sizeInRange("edge.max-body", maxBodyBytes, 1, 1024 * 1024 * 1024);
    Checks.durationInRange("edge.header-deadline", headerDeadline, LEAST, MOST);
    Checks.durationInRange("edge.body-deadline", bodyDeadline, LEAST, MOST);
    Checks.durationInRange("edge.keep-alive", keepAlive, LEAST, MOST);
    Checks.inRange("edge.max-connections-per-ip", maxConnectionsPerIp, 0, 10_000_000);
    trustedProxies.forEach(block -> Checks.cidr("edge.trusted-proxies", block));
    if (proxyProtocol && trustedProxies.isEmpty()) {
      throw new ConfigException(
          "edge.proxy-protocol", true, "false, or edge.trusted-proxies to name who may send it");
    }
    origins.forEach(origin -> Checks.origin("edge.origins", origin));
    if (transports.isEmpty()) {
      throw new ConfigException("edge.transports", "(none)", "some of websocket, sse, longpoll");
    }
    Checks.durationInRange("edge.longpoll-wait", longPollWait, LEAST, MOST);
    Checks.durationInRange("edge.linger", linger, LEAST, MOST);
  }

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
          false,
          List.of(),
          List.of(Transport.values()),
          WebSocketConfig.DEFAULT,
          Duration.ofSeconds(25),
          Duration.ofSeconds(30),
          Optional.empty());

  /**
   * {@code edge.websocket:}; a function's manifest may narrow it.
   *
   * @param maxFrameBytes of one frame; default 64 KiB; beyond it close 1009
   * @param maxMessageBytes of a whole message; default 256 KiB; beyond it close 1009
   * @param heartbeat a ping after so long a silence; default 25 s; 0 for none
   * @param idle a session without messages for so long is closed; default 0: never
   * @param compression whether permessage-deflate may be negotiated; default false
   */
  public record WebSocketConfig(
      int maxFrameBytes,
      int maxMessageBytes,
      Duration heartbeat,
      Duration idle,
      boolean compression) {
    private static final Duration DAY = Duration.ofDays(1);

    public WebSocketConfig {
      Checks.sizeInRange("edge.websocket.max-message", maxMessageBytes, 1, 1024 * 1024 * 1024);
      Checks.sizeInRange("edge.websocket.max-frame", maxFrameBytes, 1, 1024 * 1024 * 1024);
      Checks.durationInRange("edge.websocket.heartbeat", heartbeat, Duration.ZERO, DAY);
      Checks.durationInRange("edge.websocket.idle", idle, Duration.ZERO, DAY);
    }

    public static final WebSocketConfig DEFAULT =
        new WebSocketConfig(64 * 1024, 256 * 1024, Duration.ofSeconds(25), Duration.ZERO, false);
  }
}
