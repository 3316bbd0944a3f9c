package dev.selvedge.protocol.signalr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** SignalR's invocations in both forms, with what frames them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HubCodecBenchmark {
  private static final int LIMIT = 32 * 1024;

  private final HubMessage message =
      new HubMessage.Invocation(null, "echo", List.of("x".repeat(64)), List.of());
  private final ByteBuf json = Unpooled.wrappedBuffer(JsonHubCodec.encode(message));
  private final ByteBuf messagePack = Unpooled.wrappedBuffer(MessagePackHubCodec.encode(message));
  private final HubInput jsonInput = new HubInput(LIMIT);
  private final HubInput messagePackInput = new HubInput(LIMIT);

  @Benchmark
  public Object readJson() throws HubViolation {
    jsonInput.add(json);
    return HubFormat.JSON.next(jsonInput);
  }

  @Benchmark
  public Object writeJson() {
    return HubFormat.JSON.encode(message);
  }

  @Benchmark
  public Object readMessagePack() throws HubViolation {
    messagePackInput.add(messagePack);
    return HubFormat.MESSAGEPACK.next(messagePackInput);
  }

  @Benchmark
  public Object writeMessagePack() {
    return HubFormat.MESSAGEPACK.encode(message);
  }
}
