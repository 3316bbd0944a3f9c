package dev.selvedge.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code socketio:} in {@code selvedge.yaml}: the rules of Socket.IO connections.
 *
 * @param pingInterval from an answered ping, or the handshake, to the next ping; default 25 s
 * @param pingTimeout how long a ping may stay unanswered; then the connection is closed; default 20
 *     s
 * @param upgradeTimeout how long a WebSocket may take to replace the polls; default 10 s
 * @param connectTimeout how long a client may take to join its first namespace; default 45 s
 * @param maxPayloadBytes of a post, of a WebSocket message; default 1,000,000; beyond it 413 or
 *     close 1009
 * @param transports what may be used; default both
 * @param cookie the name of a cookie that tells the connection's id to what stands in front of the
 *     nodes; default none
 */
public record SocketIoConfig(
    Duration pingInterval,
    Duration pingTimeout,
    Duration upgradeTimeout,
    Duration connectTimeout,
    int maxPayloadBytes,
    List<Transport> transports,
    Optional<String> cookie) {
  /** How a client may connect. */
  public enum Transport {
    POLLING,
    WEBSOCKET;

    /** The name on the wire: {@code polling}, {@code websocket}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** RFC 6265 §4.1.1: a token. */
  private static final Pattern COOKIE = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");

  private static final Duration LEAST = Duration.ofMillis(10);
  private static final Duration MOST = Duration.ofHours(1);

  public SocketIoConfig {
    transports = List.copyOf(transports);
    Checks.durationInRange("socketio.ping-interval", pingInterval, LEAST, MOST);
    Checks.durationInRange("socketio.ping-timeout", pingTimeout, LEAST, MOST);
    Checks.durationInRange("socketio.upgrade-timeout", upgradeTimeout, LEAST, MOST);
    Checks.durationInRange("socketio.connect-timeout", connectTimeout, LEAST, MOST);
    Checks.sizeInRange("socketio.max-payload", maxPayloadBytes, 1024, 1024 * 1024 * 1024);
    if (transports.isEmpty()) {
      throw new ConfigException("socketio.transports", "(none)", "some of polling, websocket");
    }
    cookie.ifPresent(SocketIoConfig::checkCookie);
  }

  private static void checkCookie(String name) {
    if (!COOKIE.matcher(name).matches()) {
      throw new ConfigException("socketio.cookie", name, "the name of a cookie, such as io");
    }
  }

  public static final SocketIoConfig DEFAULT =
      new SocketIoConfig(
          Duration.ofSeconds(25),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          Duration.ofSeconds(45),
          1_000_000,
          List.of(Transport.values()),
          Optional.empty());
}
