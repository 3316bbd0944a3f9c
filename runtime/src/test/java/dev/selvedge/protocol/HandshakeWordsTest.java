package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.selvedge.function.Handshake;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandshakeWordsTest {
  @Test
  void aSessionKeepsWhatIsNotOfTheConnectionOnly() {
    FakeExchange exchange =
        new FakeExchange("GET", "/chat")
            .asking("EIO", "4")
            .asking("room", "7")
            .with("connection", "Upgrade")
            .with("upgrade", "websocket")
            .with("sec-websocket-key", "x")
            .with("sec-websocket-version", "13")
            .with("sec-websocket-extensions", "permessage-deflate")
            .with("sec-websocket-protocol", "chat")
            .with("x-mine", "yes");

    Handshake kept = SessionProtocol.handshake(exchange);

    assertEquals(Map.of("sec-websocket-protocol", "chat", "x-mine", "yes"), kept.headers());
    assertEquals(Map.of("EIO", "4", "room", "7"), kept.query());
  }

  @Test
  void thereIsOneCopyOfACommonWord() {
    String one = new String("user-agent");
    String other = new String("user-agent");

    assertSame(
        HandshakeWords.headers(Map.of(one, "a")).keySet().iterator().next(),
        HandshakeWords.headers(Map.of(other, "b")).keySet().iterator().next());
  }
}
