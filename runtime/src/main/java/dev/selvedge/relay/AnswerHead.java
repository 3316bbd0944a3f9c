package dev.selvedge.relay;

import dev.selvedge.edge.Tokens;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * The head of a member's answer (RFC 9112 §4, §5).
 *
 * @param minor the version is HTTP/1.minor
 * @param headers in their order, repeated ones apart
 */
record AnswerHead(int minor, int status, HttpHeaders headers) {
  /** How an answer's body ends (RFC 9112 §6.3). */
  enum Framing {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  /**
   * Reads a head whose line ends and control characters were checked by {@link HeadScan}.
   *
   * @param head from the status line to the last header's line end, all of it readable
   * @throws BadAnswer for everything that is not exactly as the RFC wants it, folded lines included
   */
  static AnswerHead parse(ByteBuf head) {
    String text = head.toString(StandardCharsets.ISO_8859_1);
    String[] lines = text.split("\r\n", -1);
    HttpHeaders headers =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    for (int i = 1; i < lines.length; i++) {
      if (!lines[i].isEmpty()) {
        addLine(lines[i], headers);
      }
    }
    return statusLine(lines[0], headers);
  }

  private static AnswerHead statusLine(String line, HttpHeaders headers) {
    boolean wellFormed =
        line.length() >= 12
            && line.startsWith("HTTP/1.")
            && (line.charAt(7) == '0' || line.charAt(7) == '1')
            && line.charAt(8) == ' '
            && Tokens.isDigits(line.substring(9, 12))
            && (line.length() == 12 || line.charAt(12) == ' ');
    int status = wellFormed ? Integer.parseInt(line.substring(9, 12)) : 0;
    if (status < 100 || status > 599) {
      throw new BadAnswer("the status line is not one of HTTP/1.1");
    }
    return new AnswerHead(line.charAt(7) - '0', status, headers);
  }

  private static void addLine(String line, HttpHeaders headers) {
    int colon = line.indexOf(':');
    if (colon <= 0 || !Tokens.isToken(line, colon)) {
      throw new BadAnswer("a header line has no name, or a folded one");
    }
    headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
  }

  boolean isInterim() {
    return status < 200 && status != 101;
  }

  /**
   * How the body ends.
   *
   * @param toHead whether it answers a HEAD request
   * @throws BadAnswer for contradicting lengths
   */
  Framing framing(boolean toHead) {
    List<String> codings = headers.getAll("transfer-encoding");
    List<String> lengths = headers.getAll("content-length");
    checkLengths(codings, lengths);
    if (toHead || status < 200 || status == 204 || status == 304) {
      return Framing.NONE;
    }
    if (!codings.isEmpty()) {
      return Framing.CHUNKED;
    }
    return lengths.isEmpty() ? Framing.UNTIL_CLOSE : Framing.LENGTH;
  }

  private void checkLengths(List<String> codings, List<String> lengths) {
    if (lengths.size() > 1 || !codings.isEmpty() && !lengths.isEmpty()) {
      throw new BadAnswer("more than one length");
    }
    if (!lengths.isEmpty() && (!Tokens.isDigits(lengths.get(0)) || lengths.get(0).length() > 18)) {
      throw new BadAnswer("a Content-Length that is no number");
    }
    boolean chunked = codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked");
    if (!codings.isEmpty() && (!chunked || minor == 0)) {
      throw new BadAnswer("a Transfer-Encoding other than chunked");
    }
  }

  /** With {@link Framing#LENGTH}. */
  long length() {
    return Long.parseLong(headers.get("content-length"));
  }

  /** Whether the member keeps the connection after this answer. */
  boolean keepsAlive() {
    boolean keeps = minor == 1;
    for (String line : headers.getAll("connection")) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (Tokens.contains(lower, "close")) {
        return false;
      }
      keeps |= Tokens.contains(lower, "keep-alive");
    }
    return keeps;
  }

  boolean isEventStream() {
    String type = headers.get("content-type");
    return type != null && type.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
  }
}
