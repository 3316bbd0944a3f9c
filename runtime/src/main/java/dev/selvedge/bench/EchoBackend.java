package dev.selvedge.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket server that sends every frame back, with as little work as can be: something to put
 * behind a relay that is measured, and to measure the load generator against. It trusts its clients
 * and is for nothing else.
 */
public final class EchoBackend implements AutoCloseable {
  private static final int BACKLOG = 4096;

  private final EventLoopGroup group;
  private final Channel listener;

  /**
   * @param port 0 for any free one
   */
  public EchoBackend(String host, int port) {
    boolean epoll = Epoll.isAvailable();
    group =
        new MultiThreadIoEventLoopGroup(
            1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    listener =
        new ServerBootstrap()
            .group(group)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel client) {
                    client.pipeline().addLast(new Connection());
                  }
                })
            .bind(host, port)
            .syncUninterruptibly()
            .channel();
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /**
   * One client. A frame goes back in the buffer in which it came: behind the unmasked payload of a
   * client's frame there is room for the header of a server's, which is shorter by the mask.
   */
  private static final class Connection extends ChannelInboundHandlerAdapter {
    private static final int MASK = 4;

    private boolean open;
    private @Nullable ByteBuf partial;

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
      ByteBuf in = (ByteBuf) message;
      if (partial != null) {
        in = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(from.alloc(), partial, in);
        partial = null;
      }
      if (!open) {
        open = answer(from, in);
      }
      while (open && echo(from, in)) {
        // One frame after the other.
      }
      if (in.isReadable()) {
        partial = in;
      } else {
        in.release();
      }
    }

    private static boolean answer(ChannelHandlerContext to, ByteBuf in) {
      String head = in.toString(StandardCharsets.ISO_8859_1);
      int end = head.indexOf("\r\n\r\n");
      if (end < 0) {
        return false;
      }
      in.skipBytes(end + 4);
      String key = "";
      for (String line : head.substring(0, end).split("\r\n")) {
        if (line.regionMatches(true, 0, "sec-websocket-key:", 0, 18)) {
          key = line.substring(18).strip();
        }
      }
      String answer =
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: "
              + Handshake.accept(key)
              + "\r\n\r\n";
      to.write(to.alloc().buffer().writeBytes(answer.getBytes(StandardCharsets.ISO_8859_1)));
      return true;
    }

    /** Sends the first frame back; false if it is not whole yet. */
    private static boolean echo(ChannelHandlerContext to, ByteBuf in) {
      int at = in.readerIndex();
      int available = in.readableBytes();
      if (available < 2) {
        return false;
      }
      int shortLength = in.getByte(at + 1) & 0x7f;
      int header = shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10;
      if (available < header + MASK) {
        return false;
      }
      long length =
          header == 2
              ? shortLength
              : header == 4 ? in.getUnsignedShort(at + 2) : in.getLong(at + 2);
      long whole = header + MASK + length;
      if (available < whole) {
        return false;
      }
      boolean close = (in.getByte(at) & 0xf) == Frames.CLOSE;
      ByteBuf answer = unmasked(in, at, header, (int) length);
      in.skipBytes((int) whole);
      if (close) {
        to.writeAndFlush(answer).addListener(sent -> to.close());
      } else {
        to.write(answer, to.voidPromise());
      }
      return true;
    }

    private static ByteBuf unmasked(ByteBuf in, int at, int header, int length) {
      int mask = in.getInt(at + header);
      int from = at + header + MASK;
      long wide = (mask & 0xffffffffL) << 32 | (mask & 0xffffffffL);
      int i = 0;
      for (; i + 8 <= length; i += 8) {
        in.setLong(from + i, in.getLong(from + i) ^ wide);
      }
      for (; i < length; i++) {
        in.setByte(from + i, in.getByte(from + i) ^ mask >>> (24 - 8 * (i & 3)));
      }
      int first = in.getByte(at);
      int second = in.getByte(at + 1) & 0x7f;
      if (header == 4) {
        in.setShort(at + MASK + 2, length);
      } else if (header == 10) {
        in.setLong(at + MASK + 2, length);
      }
      in.setByte(at + MASK, first).setByte(at + MASK + 1, second);
      return in.retainedSlice(at + MASK, header + length);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
      from.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext gone) {
      if (partial != null) {
        partial.release();
        partial = null;
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
      from.close();
    }
  }
}
