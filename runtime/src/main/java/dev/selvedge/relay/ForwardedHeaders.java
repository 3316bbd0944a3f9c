package dev.selvedge.relay;

import dev.selvedge.edge.Tokens;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a member is told about the client: {@code X-Forwarded-For}, {@code -Proto} and {@code
 * -Host}, {@code X-Real-IP} and {@code Forwarded} (RFC 7239).
 *
 * <p>What a client says about itself is replaced. What a trusted proxy says is kept: our part is
 * appended to the lists, of which several lines are one, and the other headers stay.
 */
final class ForwardedHeaders {
  /**
   * Who asks.
   *
   * @param peer at the other end of the connection
   * @param client the same, or whom a trusted peer names
   * @param trusted whether the peer's own headers are believed
   * @param host the request's Host header; null if there is none
   */
  record Source(
      InetAddress peer, String client, boolean trusted, boolean secure, @Nullable String host) {
    String proto() {
      return secure ? "https" : "http";
    }
  }

  private ForwardedHeaders() {}

  /** Whether a request header is one of these, or could be taken for one where '_' is '-'. */
  static boolean isOne(String lowerCaseName) {
    if (!lowerCaseName.startsWith("x") && !lowerCaseName.startsWith("f")) {
      return false;
    }
    String name = lowerCaseName.replace('_', '-');
    return name.startsWith("x-forwarded-") || name.equals("x-real-ip") || name.equals("forwarded");
  }

  /**
   * Adds them.
   *
   * @param from the request's own headers
   * @param to without any of these
   */
  static void add(HttpHeaders from, Source source, HttpHeaders to) {
    String peer = NetUtil.toAddressString(source.peer());
    to.add("X-Forwarded-For", appended(from, "x-forwarded-for", peer, source));
    to.add("X-Forwarded-Proto", kept(from, "x-forwarded-proto", source.proto(), source));
    if (source.host() != null) {
      to.add("X-Forwarded-Host", kept(from, "x-forwarded-host", source.host(), source));
    }
    to.add("X-Real-IP", source.client());
    to.add("Forwarded", appended(from, "forwarded", element(source, peer), source));
    if (source.trusted()) {
      keepOthers(from, to);
    }
  }

  private static String appended(HttpHeaders from, String name, String ours, Source source) {
    List<String> lines = source.trusted() ? from.getAll(name) : List.of();
    return lines.isEmpty() ? ours : String.join(", ", lines) + ", " + ours;
  }

  private static String kept(HttpHeaders from, String name, String ours, Source source) {
    String theirs = source.trusted() ? from.get(name) : null;
    return theirs == null ? ours : theirs;
  }

  /** Such as {@code X-Forwarded-Port} and {@code -Prefix}. */
  private static void keepOthers(HttpHeaders from, HttpHeaders to) {
    for (var line : from) {
      String name = line.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith("x-forwarded-") && !to.contains(name)) {
        to.add(line.getKey(), line.getValue());
      }
    }
  }

  /** A forwarded-element (RFC 7239 §4); IPv6 in brackets and quotes (§6). */
  private static String element(Source source, String peer) {
    StringBuilder element = new StringBuilder("for=");
    if (source.peer() instanceof Inet6Address) {
      element.append("\"[").append(peer).append("]\"");
    } else {
      element.append(peer);
    }
    if (source.host() != null) {
      element.append(";host=").append(quoted(source.host()));
    }
    return element.append(";proto=").append(source.proto()).toString();
  }

  private static String quoted(String text) {
    return Tokens.isToken(text)
        ? text
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
