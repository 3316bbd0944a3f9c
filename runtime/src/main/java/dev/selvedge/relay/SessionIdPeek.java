package dev.selvedge.relay;

import dev.selvedge.edge.ClientExchange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the session id out of the answers that open a session, for clients that keep no cookies:
 * {@code sid} of Engine.IO's open packet, {@code connectionToken} (else {@code connectionId}) of a
 * SignalR negotiation. Looks at the first {@value #LIMIT} bytes only, and holds nothing back.
 */
final class SessionIdPeek {
  static final int LIMIT = 4096;

  private final boolean engineIo;
  private final StringBuilder seen = new StringBuilder(256);
  private boolean over;

  private SessionIdPeek(boolean engineIo) {
    this.engineIo = engineIo;
  }

  /** Null if this answer opens no session. */
  static @Nullable SessionIdPeek of(ClientExchange exchange, AnswerHead head) {
    boolean readable = head.status() == 200 && !head.headers().contains("content-encoding");
    boolean engineIo =
        exchange.method().equals("GET")
            && exchange.query().containsKey("EIO")
            && !exchange.query().containsKey("sid");
    boolean signalR = exchange.method().equals("POST") && exchange.path().endsWith("/negotiate");
    return readable && (engineIo || signalR) ? new SessionIdPeek(engineIo) : null;
  }

  boolean over() {
    return over;
  }

  /** The id, as soon as it is certain. */
  @Nullable String find(ByteBuf bytes) {
    int length = Math.min(bytes.readableBytes(), LIMIT - seen.length());
    byte[] copy = ByteBufUtil.getBytes(bytes, bytes.readerIndex(), length);
    seen.append(new String(copy, StandardCharsets.ISO_8859_1));
    if (engineIo && !seen.isEmpty() && seen.charAt(0) != '0') {
      over = true;
      return null;
    }
    String id = engineIo ? value("sid") : value("connectionToken");
    if (id == null && seen.length() == LIMIT) {
      id = last();
      over = true;
    }
    over |= id != null;
    return id;
  }

  /** The second choice, when the answer is complete; null if there is none. */
  @Nullable String last() {
    return over || engineIo ? null : value("connectionId");
  }

  /** A string of the JSON object; ids hold nothing that is escaped. */
  private @Nullable String value(String name) {
    int at = seen.indexOf('"' + name + '"');
    int colon = at < 0 ? -1 : seen.indexOf(":", at);
    int open = colon < 0 ? -1 : seen.indexOf("\"", colon);
    int close = open < 0 ? -1 : seen.indexOf("\"", open + 1);
    boolean plain = close > 0 && seen.substring(colon + 1, open).isBlank();
    return plain && close > open + 1 ? seen.substring(open + 1, close) : null;
  }
}
