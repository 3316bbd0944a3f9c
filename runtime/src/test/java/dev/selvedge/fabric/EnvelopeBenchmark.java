package dev.selvedge.fabric;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** An envelope with the fields of a client's message, on its way to another node. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EnvelopeBenchmark {
  private static final int ENVELOPES_OF_A_TURN = 32;

  /** A session's id, a number, the event, its arguments. */
  private record Said(String session, long sequence, String event, List<Object> args)
      implements Envelope {
    @Override
    public int kind() {
      return 1;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.text(session).number(sequence).text(event).values(args);
    }

    static Said read(EnvelopeReader in) {
      return new Said(in.requiredText(), in.number(), in.requiredText(), in.values());
    }
  }

  private long bytesSent;
  private final Said said = new Said("x".repeat(22), 1_000, "message", List.of("x".repeat(64)));
  private final ByteBuf scratch = Unpooled.buffer(512);
  private final ByteBuf written = Unpooled.wrappedBuffer(Wire.bytes(said));
  private final Outbound link =
      new Outbound(new NodeId("aaaaaaaa"), 0, 1, batch -> bytesSent += batch.length());
  private long batches;

  @Benchmark
  public int write() {
    said.writeTo(new ByteWriter(scratch.clear()));
    return scratch.writerIndex();
  }

  @Benchmark
  public Object read() {
    return Said.read(new ByteReader(written.readerIndex(0)));
  }

  /** The sending half of a link: numbered, kept until it is acknowledged. */
  @Benchmark
  @OperationsPerInvocation(ENVELOPES_OF_A_TURN)
  public long sendWith31OthersInABatch() {
    if (batches == 0) {
      link.ready(0);
    }
    for (int i = 0; i < ENVELOPES_OF_A_TURN; i++) {
      link.add(said, () -> 0, 0);
    }
    link.flush(() -> 0, 0);
    link.acknowledged(++batches, 0);
    return bytesSent;
  }
}
