package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One stream of HTTP/2 (RFC 9113 §8.1) as {@link HttpConnection} sees a connection of HTTP/1.1:
 * frames become a request and its body, an answer becomes frames. How the stream ends says how the
 * answer ended: if the stream is closed before the answer is whole, the client is told by a reset.
 */
final class Http2StreamCodec extends ChannelDuplexHandler {
  private static final Set<String> OF_A_CONNECTION =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  private boolean begun;
  private boolean requestEnded;
  private boolean answerBegun;
  private boolean answerEnded;
  private boolean reset;

  /** What is told if the stream is closed early, and nothing else explains it. */
  private Http2Error error = Http2Error.CANCEL;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    if (requestEnded || reset) {
      ReferenceCountUtil.release(frame);
    } else if (frame instanceof Http2HeadersFrame headers) {
      if (begun) {
        trailers(ctx, headers);
      } else {
        begin(ctx, headers);
      }
    } else if (frame instanceof Http2DataFrame data) {
      data(ctx, data);
    } else {
      ReferenceCountUtil.release(frame);
    }
  }

  private void begin(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
    begun = true;
    HttpRequest request;
    try {
      request = Http2RequestHead.request(frame.headers(), frame.isEndStream());
    } catch (HttpError refused) {
      request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
      request.setDecoderResult(DecoderResult.failure(refused));
    }
    ctx.fireChannelRead(request);
    if (frame.isEndStream()) {
      end(ctx);
    }
  }

  private void data(ChannelHandlerContext ctx, Http2DataFrame frame) {
    boolean last = frame.isEndStream();
    if (frame.content().isReadable()) {
      ctx.fireChannelRead(
          new DefaultHttpContent(frame.content())); // takes the frame's content over
    } else {
      frame.release();
    }
    if (last) {
      end(ctx);
    }
  }

  /** What follows the body is dropped; it must end the stream and hold no pseudo-header fields. */
  private void trailers(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
    boolean pseudo = false;
    for (Map.Entry<CharSequence, CharSequence> field : frame.headers()) {
      pseudo |= field.getKey().length() > 0 && field.getKey().charAt(0) == ':';
    }
    if (pseudo || !frame.isEndStream()) {
      error = Http2Error.PROTOCOL_ERROR;
      ctx.close();
    } else {
      end(ctx);
    }
  }

  private void end(ChannelHandlerContext ctx) {
    requestEnded = true;
    ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame) {
      reset = true;
      ctx.close();
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception broken) {
      error = broken.error();
    }
    ctx.close();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof FullHttpResponse whole) {
      writeWhole(ctx, whole, promise);
    } else if (message instanceof HttpResponse response) {
      answerBegun = true;
      ctx.write(head(response, false), promise);
    } else if (message instanceof HttpContent content) {
      writeData(ctx, content.content(), content instanceof LastHttpContent, promise);
    } else {
      ctx.write(message, promise);
    }
  }

  private void writeWhole(
      ChannelHandlerContext ctx, FullHttpResponse answer, ChannelPromise promise) {
    boolean interim = answer.status().code() < 200;
    boolean bodiless = !answer.content().isReadable();
    answerBegun |= !interim;
    if (bodiless) {
      answerEnded |= !interim;
      answer.release();
      ctx.write(head(answer, !interim), promise);
    } else {
      ctx.write(head(answer, false));
      writeData(ctx, answer.content(), true, promise);
    }
  }

  private void writeData(
      ChannelHandlerContext ctx, ByteBuf content, boolean last, ChannelPromise promise) {
    answerEnded |= last;
    ctx.write(new DefaultHttp2DataFrame(content, last), promise);
  }

  private static Http2HeadersFrame head(HttpResponse answer, boolean last) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    headers.status(answer.status().codeAsText());
    HttpHeaders lines = answer.headers();
    for (Map.Entry<String, String> line : lines) {
      String name = line.getKey().toLowerCase(Locale.ROOT);
      if (!OF_A_CONNECTION.contains(name)) {
        headers.add(name, line.getValue());
      }
    }
    return new DefaultHttp2HeadersFrame(headers, last);
  }

  /** Closes the stream, telling the client what became of it unless both have said all. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (reset || requestEnded && answerEnded || !ctx.channel().isActive()) {
      ctx.close(promise);
      return;
    }
    reset = true;
    ctx.writeAndFlush(new DefaultHttp2ResetFrame(why())).addListener(told -> ctx.close(promise));
  }

  /** RFC 9113 §8.1: a whole answer whose request is not wanted to its end is no error. */
  private Http2Error why() {
    if (error != Http2Error.CANCEL) {
      return error;
    }
    return answerEnded ? Http2Error.NO_ERROR : answerBegun ? Http2Error.INTERNAL_ERROR : error;
  }
}
