package dev.selvedge.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The head of a request to a member. Its parts hold no line breaks: the edge has refused them.
 *
 * @param target as it goes on the wire
 * @param chunked how the body goes, if there is one
 */
record RequestHead(String method, String target, HttpHeaders headers, boolean chunked) {
  ByteBuf encode(ByteBufAllocator alloc) {
    StringBuilder text = new StringBuilder(512);
    text.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    for (Map.Entry<String, String> line : headers) {
      text.append(line.getKey()).append(": ").append(line.getValue()).append("\r\n");
    }
    text.append("\r\n");
    ByteBuf bytes = alloc.buffer(text.length());
    bytes.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    return bytes;
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /** Whether sending it twice does no more than sending it once (RFC 9110 §9.2.2). */
  static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "PUT", "DELETE" -> true;
      default -> false;
    };
  }
}
