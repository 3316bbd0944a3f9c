package dev.selvedge.config;

import java.time.Duration;
import java.util.Optional;

/**
 * {@code signalr:} in {@code selvedge.yaml}: the rules of SignalR connections. The defaults are
 * those of ASP.NET Core.
 *
 * @param keepAlive a ping is sent when nothing was for so long; default 15 s
 * @param clientTimeout a client that has sent a ping, and then nothing for so long, is closed;
 *     default 30 s
 * @param handshakeTimeout from the first request of a transport to the end of the handshake;
 *     default 15 s
 * @param disconnectTimeout how long a connection is kept that no transport was opened for, that is
 *     not polled, or whose WebSocket broke and may come back; default 15 s
 * @param pollWait how long a poll waits for messages; default 90 s
 * @param maxMessageBytes of a hub message; default 32 KiB; beyond it the connection is closed
 * @param resumeBufferBytes unacknowledged bytes of a connection that can be resumed, at which the
 *     session waits; default 100,000; 0 offers no such connections
 * @param detailedErrors whether clients are told what was wrong with what they sent; default false
 * @param redirect where clients are sent instead, such as {@code https://other.example}; the path
 *     is added; default nowhere
 */
public record SignalRConfig(
    Duration keepAlive,
    Duration clientTimeout,
    Duration handshakeTimeout,
    Duration disconnectTimeout,
    Duration pollWait,
    int maxMessageBytes,
    int resumeBufferBytes,
    boolean detailedErrors,
    Optional<String> redirect) {
  private static final Duration LEAST = Duration.ofMillis(10);
  private static final Duration MOST = Duration.ofHours(1);

  public SignalRConfig {
    Checks.durationInRange("signalr.keep-alive", keepAlive, LEAST, MOST);
    Checks.durationInRange("signalr.client-timeout", clientTimeout, LEAST, MOST);
    Checks.durationInRange("signalr.handshake-timeout", handshakeTimeout, LEAST, MOST);
    Checks.durationInRange("signalr.disconnect-timeout", disconnectTimeout, LEAST, MOST);
    Checks.durationInRange("signalr.poll-wait", pollWait, LEAST, MOST);
    Checks.sizeInRange("signalr.max-message", maxMessageBytes, 128, 1024 * 1024 * 1024);
    Checks.sizeInRange("signalr.resume-buffer", resumeBufferBytes, 0, 1024 * 1024 * 1024);
    redirect.ifPresent(SignalRConfig::checkRedirect);
  }

  private static void checkRedirect(String url) {
    if (!url.matches("https?://[^/?#\\s]+(/[^?#\\s]*[^/?#\\s])?")) {
      throw new ConfigException(
          "signalr.redirect", url, "an address such as https://other.example, without a / behind");
    }
  }

  public static final SignalRConfig DEFAULT =
      new SignalRConfig(
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(15),
          Duration.ofSeconds(90),
          32 * 1024,
          100_000,
          false,
          Optional.empty());
}
