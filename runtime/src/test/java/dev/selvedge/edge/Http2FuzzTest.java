package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.testing.NoBufferLeaks;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Frames in any order, cut and bent, while every buffer is tracked. */
@ExtendWith(NoBufferLeaks.class)
@Timeout(240)
class Http2FuzzTest {
  private static final int CLIENTS = 150;

  @TempDir Path directory;

  private static void serve(Exchange exchange) {
    switch (exchange.path()) {
      case "/body" ->
          exchange
              .body()
              .onSuccess(body -> exchange.respond(200, Map.of(), body))
              .onFailure(error -> exchange.fail((HttpError) error));
      case "/stream" -> exchange.stream(200, Map.of()).write(Buffer.buffer(new byte[100_000]));
      case "/wait" -> {}
      default -> EdgeFixture.ok(exchange, "ok");
    }
  }

  @Test
  void nothingIsLeftOfClientsThatSendAnything() throws Exception {
    TestCertificate certificate = TestCertificate.make(directory, "edge", "EC", "localhost");
    try (EdgeFixture edge =
        new EdgeFixture(
            EdgeFixture.with(
                EdgeFixture.config(), EdgeFixture.tls(Duration.ofSeconds(60), certificate)),
            Http2FuzzTest::serve)) {
      for (int seed = 0; seed < CLIENTS; seed++) {
        Random random = new Random(seed);
        try (RawHttp2 client = RawHttp2.open(certificate, edge.tlsPort())) {
          client.send(anything(random));
          if (random.nextBoolean()) {
            client.next(RawHttp2.SETTINGS);
          }
        } catch (IOException cut) {
          // as many are
        }
      }
      EdgeFixture.until(() -> edge.open.get() == 0);
      try (RawHttp2 other = RawHttp2.open(certificate, edge.tlsPort())) {
        assertEquals("ok", other.get(1, "/").outcome(1).text());
      }
    }
  }

  private static byte[] anything(Random random) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    int stream = 1;
    for (int i = random.nextInt(30); i >= 0; i--) {
      frames.writeBytes(frame(random, stream));
      stream += random.nextInt(3) == 0 ? 2 : 0;
    }
    byte[] bytes = frames.toByteArray();
    for (int bent = random.nextInt(4); bent > 0 && random.nextBoolean(); bent--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return random.nextInt(4) == 0
        ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length))
        : bytes;
  }

  private static byte[] frame(Random random, int stream) {
    String path = new String[] {"/", "/body", "/stream", "/wait"}[random.nextInt(4)];
    byte[] noise = new byte[random.nextInt(3_000)];
    return switch (random.nextInt(8)) {
      case 0, 1, 2 ->
          RawHttp2.bytesOf(
              RawHttp2.HEADERS,
              RawHttp2.END_HEADERS | random.nextInt(2),
              stream,
              RawHttp2.block(RawHttp2.request("POST", path)));
      case 3, 4 -> RawHttp2.bytesOf(RawHttp2.DATA, random.nextInt(2), stream, noise);
      case 5 -> RawHttp2.bytesOf(RawHttp2.RST_STREAM, 0, stream, new byte[4]);
      case 6 -> RawHttp2.bytesOf(RawHttp2.WINDOW_UPDATE, 0, stream, new byte[] {0, 1, 0, 0});
      default -> RawHttp2.bytesOf(random.nextInt(12), random.nextInt(64), stream, noise);
    };
  }
}
