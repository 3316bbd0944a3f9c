package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;

/**
 * Decodes requests as Netty does, but for folded header lines (RFC 9112 §5.2): where Netty unfolds
 * them, a request with one is malformed here, since two servers in a row may read it differently.
 *
 * <p>Netty tells nobody of a fold. But it consumes a head line by line, so that each byte between
 * the start line and the end of the head passes here between two of its steps, and is looked at.
 */
final class RequestDecoder extends HttpRequestDecoder {
  /** Where the part of the head begins that this step consumes; -1 outside of a head. */
  private int headFrom = -1;

  private boolean inHead;
  private boolean lineBegins;
  private boolean folded;
  private ByteBuf in;

  @SuppressWarnings("NullAway.Init") // in is set by each decode, before it is used
  RequestDecoder(HttpDecoderConfig config) {
    super(config);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    in = buffer;
    headFrom = inHead ? buffer.readerIndex() : -1;
    int before = out.size();
    super.decode(ctx, buffer, out);
    if (headFrom >= 0) {
      lookForFolds(buffer, headFrom, buffer.readerIndex());
    }
    if (inHead && out.size() > before && out.get(before) instanceof HttpMessage head) {
      inHead = false;
      if (folded && head.decoderResult().isSuccess()) {
        head.setDecoderResult(
            DecoderResult.failure(new HttpError(400, "bad-request", "a header line is folded")));
      }
    }
  }

  /** The start line has been read, and the lines of the head follow. */
  @Override
  protected HttpMessage createMessage(String[] initialLine) throws Exception {
    inHead = true;
    lineBegins = true;
    folded = false;
    headFrom = in.readerIndex();
    return super.createMessage(initialLine);
  }

  private void lookForFolds(ByteBuf buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = buffer.getByte(i);
      folded |= lineBegins && (b == ' ' || b == '\t');
      lineBegins = b == '\n';
    }
  }
}
