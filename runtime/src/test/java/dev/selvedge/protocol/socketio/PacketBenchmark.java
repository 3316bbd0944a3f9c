package dev.selvedge.protocol.socketio;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Socket.IO's events and acknowledgements from their text, and to their frames. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PacketBenchmark {
  private final String text = "x".repeat(64);
  private final String event = "2/echo,[\"echo\",\"" + text + "\"]";
  private final String withObject =
      "2/echo,17[\"said\",{\"from\":\"ann\",\"kind\":\"socketio\",\"text\":\"" + text + "\"}]";
  private final List<Object> values = List.of("echo", text);

  @Benchmark
  public Object readAnEventOf64Bytes() throws MalformedPacket {
    return PacketCodec.decode(event);
  }

  @Benchmark
  public Object readAnEventWithAnObject() throws MalformedPacket {
    return PacketCodec.decode(withObject);
  }

  @Benchmark
  public Object writeAnEventOf64Bytes() {
    return PacketCodec.body(Packet.Type.EVENT, Packet.NO_ID, values).in("/echo");
  }
}
