package dev.selvedge.protocol.raw;

import dev.selvedge.session.Outbound;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The raw protocol's two forms: an event as JSON, and a text as it is. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RawCodecBenchmark {
  private final String text = "x".repeat(64);
  private final String json = "{\"event\":\"echo\",\"args\":[\"" + text + "\"]}";
  private final List<Object> args = List.of(text);

  @Benchmark
  public Object readAnEvent() throws MalformedMessage {
    return JsonForm.one(json);
  }

  @Benchmark
  public Object writeAnEvent() {
    return Outbound.event("echo", args).in(RawCodec.JSON_FRAME);
  }

  @Benchmark
  public Object writeABareText() {
    return Outbound.event("message", args).in(RawCodec.BARE_FRAME);
  }
}
