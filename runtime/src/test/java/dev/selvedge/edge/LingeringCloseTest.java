package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The last answer of a connection. */
@Timeout(240)
class LingeringCloseTest {
  private static final int LARGE = 48 * 1024 * 1024;

  @Test
  void aSlowClientGetsItsLastAnswerWhole() throws Exception {
    try (EdgeFixture edge =
            new EdgeFixture(
                EdgeFixture.config(),
                exchange -> exchange.respond(200, Map.of(), Buffer.buffer(new byte[LARGE])));
        RawClient client = new RawClient(edge.port())) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      client.answerHead();
      TimeUnit.SECONDS.sleep(4); // longer than a client may take for its own end
      assertEquals(LARGE, client.socket().getInputStream().readAllBytes().length);
    }
  }
}
