package dev.selvedge.bench;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The opening handshake (RFC 6455 §4): the same bytes for every connection to a target. */
final class Handshake {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final byte[] request;
  private final String accept;

  Handshake(Load load, Target target) {
    byte[] nonce = new byte[16];
    ThreadLocalRandom.current().nextBytes(nonce);
    String key = Base64.getEncoder().encodeToString(nonce);
    this.request = request(load, target, key).getBytes(StandardCharsets.ISO_8859_1);
    this.accept = accept(key);
  }

  private static String request(Load load, Target target, String key) {
    StringBuilder lines =
        new StringBuilder("GET " + load.dialect().resource(target) + " HTTP/1.1\r\n")
            .append("Host: " + target.authority() + "\r\n")
            .append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")
            .append("Sec-WebSocket-Key: " + key + "\r\n");
    if (load.subprotocol() != null) {
      lines.append("Sec-WebSocket-Protocol: " + load.subprotocol() + "\r\n");
    }
    load.dialect().headers().forEach(header -> lines.append(header).append("\r\n"));
    load.headers().forEach(header -> lines.append(header).append("\r\n"));
    return lines.append("\r\n").toString();
  }

  /** Sec-WebSocket-Accept for a key (RFC 6455 §4.2.2). */
  static String accept(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException everyJvmHasIt) {
      throw new IllegalStateException(everyJvmHasIt);
    }
  }

  byte[] request() {
    return request;
  }

  /**
   * What is wrong with an answer, or null.
   *
   * @param head the status line and the headers
   */
  @Nullable String complaint(String head) {
    String[] lines = head.split("\r\n");
    String status = lines[0].startsWith("HTTP/1.1 ") ? lines[0].substring(9) : lines[0];
    if (!status.startsWith("101")) {
      return status;
    }
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0
          && line.substring(0, colon).toLowerCase(Locale.ROOT).equals("sec-websocket-accept")) {
        return line.substring(colon + 1).strip().equals(accept)
            ? null
            : "101 with a wrong Sec-WebSocket-Accept";
      }
    }
    return "101 without Sec-WebSocket-Accept";
  }
}
