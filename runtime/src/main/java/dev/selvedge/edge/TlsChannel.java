package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * TLS on a socket. It has no deadline of its own ({@link TlsHandshake} keeps it), and ends a client
 * that begins a second handshake: of TLS 1.2 the JDK would negotiate anew as often as the client
 * likes, each time at our expense (RFC 5746 §5), and TLS 1.3 has no such thing.
 */
final class TlsChannel extends SslHandler {
  /**
   * A record of the handshake protocol (RFC 8446 §5.1); that of TLS 1.3 is encrypted and looks
   * else.
   */
  private static final int HANDSHAKE_RECORD = 22;

  TlsChannel(SSLEngine engine, Executor arithmetic) {
    super(engine, false, arithmetic);
    setHandshakeTimeoutMillis(0);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws SSLException {
    // Called at the beginning of a record, or again until one is whole.
    if (handshakeFuture().isSuccess()
        && in.isReadable()
        && in.getUnsignedByte(in.readerIndex()) == HANDSHAKE_RECORD) {
      in.skipBytes(in.readableBytes());
      ctx.close();
      return;
    }
    super.decode(ctx, in, out);
  }
}
