package dev.selvedge.protocol.signalr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.SignalRConfig;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeWebSocketConnection;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NegotiationTest {
  private static final JsonArray TRANSPORTS =
      new JsonArray(
          "[{\"transport\":\"WebSockets\",\"transferFormats\":[\"Text\",\"Binary\"]},"
              + "{\"transport\":\"ServerSentEvents\",\"transferFormats\":[\"Text\"]},"
              + "{\"transport\":\"LongPolling\",\"transferFormats\":[\"Text\",\"Binary\"]}]");

  private final HubFixture hub = new HubFixture();

  @Test
  void versionOneHasAnIdAndATokenThatDiffer() {
    JsonObject answer = hub.negotiate("negotiateVersion", "1");

    assertEquals(1, answer.getInteger("negotiateVersion"));
    assertNotEquals(answer.getString("connectionId"), answer.getString("connectionToken"));
    assertEquals(TRANSPORTS, answer.getJsonArray("availableTransports"));
    assertFalse(answer.containsKey("useStatefulReconnect"));
  }

  @Test
  void anAnswerIsJsonWithItsMembersInOrder() {
    FakeExchange exchange =
        hub.ask(new FakeExchange("POST", "/chat/negotiate").asking("NegotiateVersion", "1"));

    assertEquals(200, exchange.status);
    assertEquals("application/json", exchange.answerHeaders.get("content-type"));
    assertTrue(
        exchange
            .answer
            .toString()
            .matches(
                "\\{\"negotiateVersion\":1,\"connectionId\":\"[^\"]+\",\"connectionToken\":\"[^\"]+\","
                    + "\"availableTransports\":\\[.*"),
        exchange.answer.toString());
  }

  @Test
  void laterVersionsAreAnsweredWithVersionOne() {
    assertEquals(1, hub.negotiate("negotiateVersion", "7").getInteger("negotiateVersion"));
  }

  @Test
  void withoutAVersionTheIdIsTheToken() {
    for (JsonObject answer :
        new JsonObject[] {hub.negotiate(), hub.negotiate("negotiateVersion", "0")}) {
      assertEquals(0, answer.getInteger("negotiateVersion"));
      assertFalse(answer.containsKey("connectionToken"));

      FakeWebSocketConnection socket = hub.webSocket(answer.getString("connectionId"));
      hub.receive(socket, HubFixture.HELLO);
      assertEquals(HubFixture.WELCOME, socket.sent.get(0));
    }
  }

  @Test
  void aVersionThatIsNoIntegerIsAnError() {
    assertEquals(
        "{\"error\":\"The client requested a non-integer protocol version.\"}",
        hub.negotiate("negotiateVersion", "one").encode());
  }

  @Test
  void statefulReconnectIsOfferedToThoseWhoAsk() {
    JsonObject answer = hub.negotiate("negotiateVersion", "1", "UseStatefulReconnect", "true");

    assertEquals(true, answer.getBoolean("useStatefulReconnect"));
    assertEquals("useStatefulReconnect", answer.fieldNames().iterator().next());
  }

  @Test
  void statefulReconnectCanBeSwitchedOff() {
    HubFixture other = new HubFixture(HubFixture.configured(0, false, Optional.empty()));

    assertFalse(
        other
            .negotiate("negotiateVersion", "1", "useStatefulReconnect", "true")
            .containsKey("useStatefulReconnect"));
  }

  @Test
  void clientsCanBeSentElsewhere() {
    HubFixture other =
        new HubFixture(
            HubFixture.configured(
                SignalRConfig.DEFAULT.resumeBufferBytes(),
                false,
                Optional.of("https://other.example")));

    assertEquals(
        "{\"url\":\"https://other.example/chat\"}",
        other.negotiate("negotiateVersion", "1").encode());
    assertEquals(0, other.connections());
  }

  @Test
  void aConnectionThatNobodyUsesIsRemoved() {
    String token = hub.token();
    hub.pass(14_000);
    assertEquals(1, hub.connections());

    hub.pass(2_000);

    assertEquals(0, hub.connections());
    assertEquals(404, hub.ask(HubFixture.of(token, "GET")).status);
  }

  @Test
  void onlySoManyUnusedConnectionsAreKept() {
    for (int i = 0; i < HubConnections.MAX_UNUSED; i++) {
      hub.token();
    }
    FakeExchange refused = hub.ask(new FakeExchange("POST", "/chat/negotiate"));
    assertEquals(503, refused.status);

    hub.pass(16_000);

    assertEquals(200, hub.ask(new FakeExchange("POST", "/chat/negotiate")).status);
  }

  @Test
  void aConnectionBelongsToItsRoute() {
    String token = hub.token();

    FakeExchange other = hub.ask(new FakeExchange("GET", "/both").asking("id", token));

    assertEquals(404, other.status);
    assertEquals("No Connection with that ID", other.answer.toString());
  }

  @Test
  void negotiationIsAPostWhateverItsCase() {
    assertEquals(405, hub.ask(new FakeExchange("GET", "/chat/negotiate")).status);
    assertEquals(200, hub.ask(new FakeExchange("POST", "/chat/Negotiate")).status);
  }

  @Test
  void otherRequestsToTheRouteAreNotOfSignalR() {
    assertEquals(200, hub.ask(new FakeExchange("POST", "/both").sendingJson("1")).status);
    assertEquals(
        200, hub.ask(new FakeExchange("POST", "/both").asking("id", "5").sendingJson("1")).status);
    FakeExchange call = new FakeExchange("POST", "/both").asking("id", "a1b2c3d4e5f6g7h8i9j0");
    assertEquals("called", hub.ask(call.sendingJson("1")).answer.toString());
    assertEquals(404, hub.ask(new FakeExchange("GET", "/both/page.html")).status);
    hub.ask(new FakeExchange("GET", "/both").upgradingTo(new FakeWebSocketConnection()));
    assertEquals(1, hub.takenByRaw);
  }
}
