package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Wire;
import dev.selvedge.function.CloseReason;
import dev.selvedge.testing.Fuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What two nodes say about one exchange arrives as it was sent; damaged, it is read or refused. */
class ExchangeWireTest {
  private static final Buffer BYTES = Buffer.buffer("bytes");

  private static Map<Envelope, Envelope.Decoder> all() {
    Map<Envelope, Envelope.Decoder> all = new LinkedHashMap<>();
    all.put(
        new ExchangeEnvelope.Request(
            7, 1, 2, "POST", "/p", "a=b", Map.of("a", "b"), Map.of("x", "y"), "::1", true, BYTES),
        ExchangeEnvelope.Request::read);
    all.put(new ExchangeEnvelope.Credit(7, 1, 2, 1L << 40), ExchangeEnvelope.Credit::read);
    all.put(new ExchangeEnvelope.Abort(7, 1, 2), ExchangeEnvelope.Abort::read);
    all.put(
        new ExchangeEnvelope.Head(7, 1, 200, Map.of("x", "y"), BYTES), ExchangeEnvelope.Head::read);
    all.put(new ExchangeEnvelope.Head(7, 1, 204, Map.of(), null), ExchangeEnvelope.Head::read);
    all.put(new ExchangeEnvelope.Chunk(7, 1, BYTES), ExchangeEnvelope.Chunk::read);
    all.put(new ExchangeEnvelope.End(7, 1), ExchangeEnvelope.End::read);
    all.put(
        new SocketEnvelope.Accept(7, 1, null, WebSocketLimits.DEFAULT),
        SocketEnvelope.Accept::read);
    all.put(
        new SocketEnvelope.Accept(7, 1, "selvedge.json.v1", WebSocketLimits.DEFAULT),
        SocketEnvelope.Accept::read);
    all.put(new SocketEnvelope.ToClient(7, 1, true, BYTES), SocketEnvelope.ToClient::read);
    all.put(new SocketEnvelope.Handled(7, 1, 300), SocketEnvelope.Handled::read);
    all.put(
        new SocketEnvelope.Close(7, 1, CloseReason.KICKED.because("no")),
        SocketEnvelope.Close::read);
    all.put(new SocketEnvelope.Accepted(7, 1, 2), SocketEnvelope.Accepted::read);
    all.put(new SocketEnvelope.FromClient(7, 1, 2, false, BYTES), SocketEnvelope.FromClient::read);
    all.put(new SocketEnvelope.Closed(7, 1, 2, CloseReason.LOST), SocketEnvelope.Closed::read);
    return all;
  }

  @Test
  void whatIsSaidArrives() {
    all().forEach((sent, decoder) -> assertEquals(sent, Wire.over(sent, decoder)));
  }

  @Tag("fuzz")
  @Test
  void damagedItIsReadOrRefused() throws Exception {
    List<byte[]> golden = new ArrayList<>();
    List<Envelope.Decoder> decoders = new ArrayList<>();
    all()
        .forEach(
            (sent, decoder) -> {
              ByteArrayOutputStream bytes = new ByteArrayOutputStream();
              bytes.write(decoders.size());
              bytes.writeBytes(Wire.bytes(sent));
              golden.add(bytes.toByteArray());
              decoders.add(decoder);
            });
    Fuzz.of("exchange envelopes", golden)
        .bytes("ffffffffffffffffff01", "ffffffff0f", "80", "0161")
        .refusedWith(IllegalArgumentException.class)
        .run(
            input -> {
              ByteBuf in = Unpooled.wrappedBuffer(input);
              int which = in.isReadable() ? in.readUnsignedByte() : 0;
              Wire.read(in, decoders.get(which % decoders.size()));
            });
  }
}
