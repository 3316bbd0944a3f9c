package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes answers; what is written goes out with the next flush. */
final class HttpWriter {
  private static final AsciiString STRICT_TRANSPORT_SECURITY =
      AsciiString.cached("strict-transport-security");

  private final ChannelHandlerContext ctx;
  private final FlushingHandler flusher;
  private final @Nullable String hsts;

  /**
   * @param hsts what each answer says in {@code Strict-Transport-Security}, unless it says
   *     something already; null for nothing
   */
  HttpWriter(ChannelHandlerContext ctx, FlushingHandler flusher, @Nullable String hsts) {
    this.ctx = ctx;
    this.flusher = flusher;
    this.hsts = hsts;
  }

  /**
   * A whole answer.
   *
   * @param head whether it answers HEAD: the same headers without the body
   * @throws IllegalArgumentException if a header would break the answer apart
   */
  ChannelFuture whole(
      int status, Map<String, String> headers, Buffer body, boolean head, Ending ending) {
    boolean bodiless = isBodiless(status);
    ByteBuf content =
        head || bodiless ? Unpooled.EMPTY_BUFFER : ((BufferInternal) body).getByteBuf();
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), content);
    set(response, headers, ending);
    if (!bodiless) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length()));
    }
    return ctx.write(response);
  }

  /**
   * The headers of an answer of unknown length.
   *
   * @param head whether it answers HEAD, whose answer has no chunks, not even the last
   */
  void begin(int status, Map<String, String> headers, boolean head, Ending ending) {
    DefaultHttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    set(response, headers, ending);
    if (!head && ending != Ending.CLOSE_DELIMITED) {
      response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    ctx.write(response, ctx.voidPromise());
    flusher.flushSoon();
  }

  static boolean isBodiless(int status) {
    return status == 204 || status == 304;
  }

  static boolean hasLength(HttpHeaders lines) {
    return lines.contains(HttpHeaderNames.CONTENT_LENGTH);
  }

  /** The head of an answer that somebody else has made. */
  void beginRelayed(int status, HttpHeaders lines, boolean head, Ending ending) {
    DefaultHttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), lines);
    end(lines, ending);
    boolean bodiless = head || isBodiless(status);
    if (!bodiless && !hasLength(lines) && ending != Ending.CLOSE_DELIMITED) {
      lines.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    ctx.write(response, ctx.voidPromise());
    flusher.flushSoon();
  }

  /** An interim answer (RFC 9110 §15.2), sent at once. */
  void interim(int status, HttpHeaders lines) {
    ctx.writeAndFlush(
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(status),
            Unpooled.EMPTY_BUFFER,
            lines,
            EmptyHttpHeaders.INSTANCE),
        ctx.voidPromise());
  }

  /** Takes the bytes over. */
  void chunk(ByteBuf chunk) {
    ctx.write(new DefaultHttpContent(chunk), ctx.voidPromise());
    flusher.flushSoon();
  }

  ChannelFuture end() {
    return ctx.write(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  /** What an answer tells the client about the connection after it. */
  enum Ending {
    KEEP_ALIVE,
    /** The same for a client of HTTP/1.0, which wants it said. */
    KEEP_ALIVE_SAID,
    CLOSE,
    /** The body ends with the connection: an HTTP/1.0 client knows no chunks. */
    CLOSE_DELIMITED
  }

  private void set(HttpResponse response, Map<String, String> headers, Ending ending) {
    HttpHeaders to = response.headers();
    headers.forEach(to::set);
    to.set("x-content-type-options", "nosniff");
    end(to, ending);
  }

  private void end(HttpHeaders to, Ending ending) {
    if (hsts != null && !to.contains(STRICT_TRANSPORT_SECURITY)) {
      to.set(STRICT_TRANSPORT_SECURITY, hsts);
    }
    switch (ending) {
      case CLOSE, CLOSE_DELIMITED -> to.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      case KEEP_ALIVE_SAID -> to.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
      case KEEP_ALIVE -> {}
    }
  }

  ChannelFuture error(HttpError error) {
    return whole(error.status(), error.headers(), error.body(), false, Ending.CLOSE);
  }
}
