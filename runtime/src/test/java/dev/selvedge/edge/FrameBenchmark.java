package dev.selvedge.edge;

import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A client's frame is read, the server's is written; the buffers are those of a channel. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameBenchmark {
  private static final int SIZE = 64;
  private static final int KEY = 0x12345678;
  private static final int FRAMES_OF_A_READ = 16;

  private final Counting sink = new Counting();
  private final FrameReader reader =
      new FrameReader(sink, WebSocketLimits.DEFAULT, ByteBufAllocator.DEFAULT, null);
  private final ByteBuf one = masked(1);
  private final ByteBuf many = masked(FRAMES_OF_A_READ);
  private final byte[] payload = text();
  private ChannelHandlerContext ctx;

  private static byte[] text() {
    byte[] text = new byte[SIZE];
    java.util.Arrays.fill(text, (byte) 'x');
    return text;
  }

  private static ByteBuf masked(int frames) {
    ByteBuf bytes = Unpooled.directBuffer();
    for (int i = 0; i < frames; i++) {
      bytes.writeByte(FrameWriter.TEXT).writeByte(0x80 | SIZE).writeInt(KEY);
      int at = bytes.writerIndex();
      bytes.writeBytes(text());
      Masking.apply(KEY, bytes, at, SIZE);
    }
    return bytes;
  }

  /** A channel whose writes go nowhere. */
  @Setup
  public void openChannel() {
    EmbeddedChannel channel =
        new EmbeddedChannel(new Nowhere(), new ChannelInboundHandlerAdapter());
    ctx = channel.pipeline().lastContext();
  }

  private static final class Nowhere extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext to, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
    }
  }

  private static final class Counting implements FrameReader.Sink {
    private long bytes;

    @Override
    public boolean reading() {
      return true;
    }

    @Override
    public void message(boolean text, ByteBuf payload) {
      bytes += payload.readableBytes();
    }

    @Override
    public void ping(ByteBuf payload) {}

    @Override
    public void pong() {}

    @Override
    public void closed(CloseReason reason) {}
  }

  @Benchmark
  public long readATextOf64Bytes() {
    reader.read(ByteBufAllocator.DEFAULT.directBuffer(256).writeBytes(one, 0, one.writerIndex()));
    return sink.bytes;
  }

  @Benchmark
  public long read16TextsOf64BytesThatCameTogether() {
    reader.read(
        ByteBufAllocator.DEFAULT.directBuffer(2048).writeBytes(many, 0, many.writerIndex()));
    return sink.bytes;
  }

  @Benchmark
  public void writeATextOf64Bytes() {
    FrameWriter.write(ctx, FrameWriter.TEXT, payload, ctx.voidPromise());
  }
}
