package dev.selvedge.protocol;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is kept of the headers and parameters of a request that opens a session, for as long as the
 * session lasts: without what is of the connection only, and with one copy of the words that most
 * requests have in common.
 */
final class HandshakeWords {
  /** Of the connection, not of the session, which may outlive it (RFC 9110 §7.6.1, RFC 6455 §4). */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "keep-alive",
          "upgrade",
          "sec-websocket-key",
          "sec-websocket-version",
          "sec-websocket-extensions");

  private static final Map<String, String> COMMON =
      Stream.of(
              "host origin user-agent cookie authorization referer accept accept-encoding"
                  + " accept-language cache-control pragma content-type content-length dnt priority"
                  + " sec-websocket-protocol sec-fetch-dest sec-fetch-mode sec-fetch-site sec-ch-ua"
                  + " sec-ch-ua-mobile sec-ch-ua-platform x-forwarded-for x-forwarded-proto"
                  + " x-forwarded-host x-real-ip forwarded x-requested-with x-signalr-user-agent"
                  + " no-cache cors websocket same-origin same-site cross-site empty */* ?0 1"
                  + " EIO transport polling sid b64 t 4 id access_token negotiateVersion")
          .flatMap(words -> Stream.of(words.split(" ")))
          .collect(Collectors.toUnmodifiableMap(Function.identity(), Function.identity()));

  private HandshakeWords() {}

  static Map<String, String> headers(Map<String, String> all) {
    Map<String, String> kept = new HashMap<>();
    all.forEach(
        (name, value) -> {
          if (!OF_THE_CONNECTION.contains(name)) {
            kept.put(shared(name), shared(value));
          }
        });
    return kept;
  }

  static Map<String, String> parameters(Map<String, String> all) {
    Map<String, String> kept = new HashMap<>();
    all.forEach((name, value) -> kept.put(shared(name), shared(value)));
    return kept;
  }

  private static String shared(String word) {
    return COMMON.getOrDefault(word, word);
  }
}
