package dev.selvedge.relay;

import dev.selvedge.edge.ClientExchange;
import dev.selvedge.router.Member;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The head of a request to a member. Its parts hold no line breaks: the edge has refused them.
 *
 * @param target as it goes on the wire
 * @param chunked how the body goes, if there is one
 */
record RequestHead(String method, String target, HttpHeaders headers, boolean chunked) {
  /**
   * What a member gets of a client's request.
   *
   * @param target as {@link RawTarget} has it
   * @param ownHost whether the member sees its own address as Host
   */
  static RequestHead forMember(
      ClientExchange exchange,
      String target,
      Member member,
      boolean ownHost,
      Predicate<String> ourCookie) {
    ForwardedHeaders.Source source =
        new ForwardedHeaders.Source(
            exchange.peer(),
            exchange.remoteAddress(),
            exchange.trustsPeer(),
            exchange.secure(),
            exchange.header("host"));
    HttpHeaders headers =
        RequestHeaders.forMember(
            exchange.lines(),
            source,
            ourCookie,
            ownHost ? member.address() : null,
            exchange.isWebSocketHandshake());
    boolean chunked = headers.contains("transfer-encoding");
    return new RequestHead(exchange.method(), target, headers, chunked);
  }

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
