package dev.selvedge.protocol.socketio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeSessions;
import dev.selvedge.protocol.FakeWebSocketConnection;
import dev.selvedge.session.Claim;
import dev.selvedge.session.Marked;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import dev.selvedge.session.Sessions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Socket.IO 5: namespaces, events, acknowledgements, violations. */
class SocketClientTest {
  private final SocketIoFixture node = new SocketIoFixture();

  private static String last(FakeWebSocketConnection client) {
    return client.sent.get(client.sent.size() - 1);
  }

  // Namespaces.

  @Test
  void connectOpensASessionAndIsAnsweredWhenTheFunctionAccepts() {
    FakeWebSocketConnection client = node.openWebSocket();

    node.say(client, "40{\"token\":\"123\"}");
    node.on(() -> node.session().send("early"));
    assertEquals(1, client.sent.size());
    node.accept();

    FakeSessions.Opened session = node.session();
    assertEquals("chat", session.function);
    assertEquals("socketio", session.protocol);
    assertEquals("/", session.handshake.namespace());
    assertEquals(new JsonObject().put("token", "123"), session.handshake.auth());
    assertEquals("/socket.io/", session.handshake.path());
    assertEquals(
        List.of("40{\"sid\":\"" + session.id + "\"}", "42[\"early\"]"),
        client.sent.subList(1, client.sent.size()));
  }

  @Test
  void functionMayAcceptAtOnce() {
    node.sessions.onOpen =
        session -> {
          session.port.accepted();
          session.send("hello");
        };
    FakeWebSocketConnection client = node.openWebSocket();

    node.say(client, "40");

    assertEquals("40{\"sid\":\"" + node.session().id + "\"}", client.sent.get(1));
    assertEquals("42[\"hello\"]", client.sent.get(2));
  }

  @ParameterizedTest
  @CsvSource({"/admin, chat", "/deli, deli", "/closed, closed"})
  void namespaceIsOneOfTheFunctionOrAnotherFunction(String namespace, String function) {
    FakeWebSocketConnection client = node.openWebSocket();

    node.say(client, "40" + namespace + ",");
    node.accept();

    assertEquals(function, node.session().function);
    assertEquals(namespace, node.session().handshake.namespace());
    assertEquals("40" + namespace + ",{\"sid\":\"" + node.session().id + "\"}", last(client));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nowhere", "/plain", "/admin?x=1", "/deli/", "//"})
  void unknownNamespaceIsInvalidAndTheConnectionStays(String namespace) {
    FakeWebSocketConnection client = node.openWebSocket();

    node.say(client, "40" + namespace);
    assertEquals("44" + namespace + ",{\"message\":\"Invalid namespace\"}", last(client));
    node.say(client, "40");

    assertEquals(1, node.sessions.opened.size());
    assertNull(client.closed);
  }

  @Test
  void functionsNamespacesAreItsOwn() {
    FakeWebSocketConnection client = new FakeWebSocketConnection();
    node.ask(
        SocketIoFixture.request("GET", "/deli/", "EIO=4&transport=websocket").upgradingTo(client));

    node.say(client, "40");
    assertEquals("deli", node.session().function);
    node.say(client, "40/admin,");

    assertEquals("44/admin,{\"message\":\"Invalid namespace\"}", last(client));
  }

  @Test
  void withoutAFunctionAtTheRootTheMainNamespaceIsInvalid() {
    node.rooted = false;
    FakeWebSocketConnection client = node.openWebSocket();

    node.say(client, "40");
    assertEquals("44{\"message\":\"Invalid namespace\"}", last(client));
    node.say(client, "40/deli,");

    assertEquals("deli", node.session().function);
  }

  @Test
  void pageThatAFunctionDoesNotAdmitDoesNotComeInThroughAnother() {
    FakeWebSocketConnection client = new FakeWebSocketConnection();
    FakeExchange handshake =
        SocketIoFixture.request("GET", "EIO=4&transport=websocket")
            .with("origin", "https://b.example")
            .upgradingTo(client);
    node.ask(handshake);

    node.say(client, "40/closed,");
    node.say(client, "40");

    assertEquals("44/closed,{\"message\":\"Invalid namespace\"}", client.sent.get(1));
    assertEquals("chat", node.session().function);
  }

  @Test
  void refusalTellsMessageAndData() {
    FakeWebSocketConnection client = node.openWebSocket();
    node.say(client, "40");

    node.on(
        () ->
            node.session()
                .port
                .refused(
                    CloseReason.REFUSED,
                    new ReplyError("not-you", "not you", new JsonObject().put("a", 1))));
    assertEquals("44{\"message\":\"not you\",\"data\":{\"a\":1}}", last(client));
    node.say(client, "40/admin,");
    node.on(
        () ->
            node.session()
                .port
                .refused(CloseReason.REFUSED, new ReplyError("internal", "failed", null)));

    assertEquals("44/admin,{\"message\":\"failed\"}", last(client));
    assertNull(client.closed);
    node.say(client, "40");
    assertEquals(3, node.sessions.opened.size());
  }

  @Test
  void functionThatIsGoneIsARefusal() {
    FakeWebSocketConnection client = node.openWebSocket();
    node.say(client, "40");

    node.on(() -> node.session().close(CloseReason.FUNCTION_GONE));

    assertEquals("44{\"message\":\"function gone\",\"data\":{\"code\":4004}}", last(client));
  }

  @Test
  void namespacesHaveSessionsOfTheirOwn() {
    FakeWebSocketConnection client = node.connected();
    node.say(client, "40/admin,");
    node.accept();
    FakeSessions.Opened main = node.sessions.opened.get(0);
    FakeSessions.Opened admin = node.sessions.opened.get(1);

    node.say(client, "42/admin,7[\"a\"]");
    node.say(client, "42[\"b\"]");
    node.on(() -> admin.send(Outbound.reply(7, List.of("ok"))));
    node.on(() -> admin.send("c"));

    assertEquals(List.of("a[]?7"), admin.received);
    assertEquals(List.of("b[]"), main.received);
    assertEquals(List.of("43/admin,7[\"ok\"]", "42/admin,[\"c\"]"), client.sent.subList(1, 3));
  }

  @Test
  void clientLeavesANamespaceAndMayComeBack() {
    FakeWebSocketConnection client = node.connected();

    node.say(client, "41");
    assertEquals("client namespace disconnect", node.session().ended.text());
    assertEquals(List.of(), client.sent);
    assertNull(client.closed);
    node.say(client, "40");
    node.accept();

    assertEquals(2, node.sessions.opened.size());
    assertEquals("40{\"sid\":\"" + node.session().id + "\"}", last(client));
  }

  @Test
  void serverDisconnectsFromANamespace() {
    FakeWebSocketConnection client = node.connected();

    node.on(
        () -> {
          node.session().send("bye");
          node.session().close(CloseReason.KICKED);
        });
    assertEquals(List.of("42[\"bye\"]", "41"), client.sent);
    node.say(client, "42[\"under way\"]");
    node.say(client, "41");

    assertNull(client.closed);
    node.say(client, "40");
    assertEquals(2, node.sessions.opened.size());
  }

  @Test
  void clientWithoutANamespaceIsClosedAfterAWhile() {
    FakeWebSocketConnection idle = node.openWebSocket();
    node.say(idle, "40/nowhere,");
    node.pass(300);
    node.say(idle, "3");
    node.pass(300);
    node.say(idle, "3");
    node.pass(300);
    node.say(idle, "3");
    assertNull(idle.closed);

    node.pass(100);

    assertEquals(CloseReason.POLICY_VIOLATION.code(), idle.closed.code());
  }

  // Events and acknowledgements.

  @Test
  void eventsArriveWithTheirArguments() {
    FakeWebSocketConnection client = node.connected();

    node.say(client, "42[\"a\",1,\"2\",{\"3\":[false]},null]");
    node.say(client, "42456[7]");

    assertEquals(List.of("a[1, 2, {\"3\":[false]}, null]", "7[]?456"), node.session().received);
  }

  @Test
  void repliesAndErrorsAreAcknowledgements() {
    FakeWebSocketConnection client = node.connected();

    node.on(
        () -> {
          node.session().send(Outbound.reply(1, List.of(1, "a")));
          node.session()
              .send(
                  Outbound.error(
                      2, new ReplyError("sold-out", "no more", new JsonObject().put("left", 0))));
          node.session().send(Outbound.error(3, new ReplyError("internal", "failed", null)));
          node.session().send(Outbound.reply(4, List.of(Buffer.buffer(new byte[] {1}))));
        });

    assertEquals(
        List.of(
            "431[1,\"a\"]",
            "432[{\"error\":{\"code\":\"sold-out\",\"text\":\"no more\",\"data\":{\"left\":0}}}]",
            "433[{\"error\":{\"code\":\"internal\",\"text\":\"failed\"}}]",
            "461-4[{\"_placeholder\":true,\"num\":0}]",
            "0x01"),
        client.sent);
  }

  @Test
  void clientAnswersWhatItIsAsked() {
    FakeWebSocketConnection client = node.connected();

    node.on(() -> node.session().send(Outbound.request(12, "ask", List.of("a"))));
    node.say(client, "4312[\"yes\",1]");
    node.say(client, "43999[\"unasked\"]");
    node.say(client, "43[\"no id\"]");

    assertEquals(List.of("4212[\"ask\",\"a\"]"), client.sent);
    assertEquals(List.of("answer 12[yes, 1]", "answer 999[unasked]"), node.session().received);
    assertNull(client.closed);
  }

  @Test
  void publicationIsEncodedOnceForAllInTheMainNamespace() {
    Outbound message = Outbound.event("news", List.of("x"));

    assertSame(
        OutboundForms.frames(message, "/").get(0), OutboundForms.frames(message, "/").get(0));
  }

  @Test
  void streamsAreForOtherProtocols() {
    FakeWebSocketConnection client = node.connected();

    node.on(() -> node.session().send(Outbound.item(1, "a")));
    node.on(() -> node.session().send(Outbound.end(1, null)));

    assertEquals(List.of(), client.sent);
  }

  // Violations.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "42[\"a\"]",
        "431[]",
        "41",
        "42/admin,[\"a\"]",
        "44{\"message\":\"no\"}",
        "451-[\"a\",{\"_placeholder\":true,\"num\":0}]"
      })
  void packetForANamespaceThatIsNotJoinedClosesTheConnection(String text) {
    FakeWebSocketConnection client = node.openWebSocket();

    node.say(client, text);
    if (client.closed == null) {
      node.on(() -> client.receiveBinary((byte) 1));
    }

    assertEquals(CloseReason.PROTOCOL_ERROR.code(), client.closed.code());
    assertTrue(node.sessions.opened.isEmpty());
  }

  @Test
  void eventBeforeTheFunctionHasAcceptedClosesTheConnection() {
    FakeWebSocketConnection client = node.openWebSocket();
    node.say(client, "40");

    node.say(client, "42[\"a\"]");

    assertEquals(CloseReason.PROTOCOL_ERROR.code(), client.closed.code());
    assertEquals(CloseReason.PROTOCOL_ERROR.code(), node.session().ended.code());
    node.accept();
    assertFalse(client.sent.stream().anyMatch(text -> text.startsWith("40")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "40",
        "44{\"message\":\"no\"}",
        "42{}",
        "42[\"connect\"]",
        "4",
        "47",
        "45",
        "4511-[\"a\"]",
        "42abc[\"x\"]"
      })
  void violationInANamespaceClosesTheWholeConnection(String text) {
    FakeWebSocketConnection client = node.connected();
    node.say(client, "40/admin,");
    node.accept();

    node.say(client, text);

    assertEquals(CloseReason.PROTOCOL_ERROR.code(), client.closed.code());
    node.sessions.opened.forEach(
        session -> assertEquals(CloseReason.PROTOCOL_ERROR.code(), session.ended.code()));
  }

  @Test
  void textAmongAttachmentsClosesTheConnection() {
    FakeWebSocketConnection client = node.connected();

    node.say(client, "451-[\"a\",{\"_placeholder\":true,\"num\":0}]");
    node.say(client, "42[\"b\"]");

    assertEquals(CloseReason.PROTOCOL_ERROR.code(), client.closed.code());
    assertEquals(List.of(), node.session().received);
  }

  @Test
  void bytesWithoutAPacketCloseTheConnection() {
    FakeWebSocketConnection client = node.connected();

    node.on(() -> client.receiveBinary((byte) 1));

    assertEquals(CloseReason.PROTOCOL_ERROR.code(), client.closed.code());
  }

  @Test
  void oneNamespaceThatIsBehindHoldsTheConnectionUntilItEnds() {
    FakeWebSocketConnection client = node.connected();
    node.session().credit = 1;
    node.say(client, "42[\"a\"]");
    assertFalse(client.reading);

    node.on(() -> node.session().close(CloseReason.KICKED));

    assertTrue(client.reading);
  }

  // Connection state recovery.

  private static Outbound event(String name, String offset) {
    return Marked.event(name, offset);
  }

  @Test
  void aClientThatMayComeBackIsToldByWhatItsSessionIsFound() {
    node.sessions.recoverable = true;
    FakeWebSocketConnection client = node.openWebSocket();

    node.say(client, "40");
    node.accept();
    node.on(() -> node.session().send(event("e", "1-aaaaaaaa")));

    FakeSessions.Opened session = node.session();
    assertEquals(
        List.of(
            "40{\"sid\":\"" + session.id + "\",\"pid\":\"" + session.secret + "\"}",
            "42[\"e\",\"1-aaaaaaaa\"]"),
        client.sent.subList(1, client.sent.size()));
    assertEquals(20, session.secret.toString().length());
    assertFalse(session.id.equals(session.secret.toString()));
  }

  @Test
  void whoseConnectionIsLostMayComeBackAndWhoLeavesMayNot() {
    node.sessions.recoverable = true;
    FakeWebSocketConnection lost = node.connected();
    node.on(() -> lost.listener.closed(CloseReason.LOST));
    assertEquals(1, node.session().lost.size());
    assertNull(node.session().ended);

    FakeWebSocketConnection left = node.connected();
    node.say(left, "41");
    assertEquals(List.of(), node.session().lost);
    assertEquals(SocketClient.CLIENT_DISCONNECT, node.session().ended);

    FakeWebSocketConnection broken = node.connected();
    node.say(broken, "49");
    assertEquals(List.of(), node.session().lost);
    assertEquals(CloseReason.PROTOCOL_ERROR.code(), node.session().ended.code());
  }

  @Test
  void aClientThatComesBackGetsWhatItMissedThenItsIdAndThenTheRest() {
    node.sessions.recoverable = true;
    FakeSessions.Opened before = sessionOfAClient();
    node.sessions.onReturn =
        back ->
            Future.succeededFuture(
                Optional.of(
                    new Sessions.Recovered(before, List.of(event("missed", "2-aaaaaaaa")))));
    FakeWebSocketConnection client = node.openWebSocket();

    node.say(client, "40{\"pid\":\"" + before.secret + "\",\"offset\":\"1-aaaaaaaa\",\"token\":1}");

    assertEquals(
        List.of(
            "42[\"missed\",\"2-aaaaaaaa\"]",
            "40{\"sid\":\"" + before.id + "\",\"pid\":\"" + before.secret + "\"}"),
        client.sent.subList(1, client.sent.size()));
    Claim claim = node.sessions.returns.get(0).claim();
    assertEquals(new Claim(before.secret, "1-aaaaaaaa", "chat", "/"), claim);
    node.say(client, "42[\"hello\"]");
    assertEquals(List.of("hello[]"), before.received);
  }

  private FakeSessions.Opened sessionOfAClient() {
    node.connected();
    return node.session();
  }

  @Test
  void aClientWhoseSessionIsNotFoundGetsANewOne() {
    node.sessions.recoverable = true;
    FakeSessions.Opened before = sessionOfAClient();
    FakeWebSocketConnection client = node.openWebSocket();

    node.say(client, "40{\"pid\":\"" + before.secret + "\",\"offset\":\"1-aaaaaaaa\"}");
    node.accept();

    assertEquals(2, node.sessions.opened.size());
    assertTrue(last(client).contains(node.session().id), last(client));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"pid\":\"x\",\"offset\":\"1-aaaaaaaa\"}",
        "{\"pid\":5,\"offset\":\"1-aaaaaaaa\"}",
        "{\"pid\":\"AAAAAAAAAAAAAAAAAAAA\"}",
        "{\"pid\":\"AAAAAAAAAAAAAAAAAAAA\",\"offset\":1}"
      })
  void whatIsNoClaimIsANewClient(String auth) {
    node.sessions.recoverable = true;
    FakeWebSocketConnection client = node.openWebSocket();

    node.say(client, "40" + auth);
    node.accept();

    assertEquals(List.of(), node.sessions.returns);
    assertTrue(last(client).startsWith("40{"), last(client));
  }

  @Test
  void aClientThatGoesWhileItsSessionIsLookedForLosesItAgain() {
    node.sessions.recoverable = true;
    FakeSessions.Opened before = sessionOfAClient();
    Promise<Optional<Sessions.Recovered>> looking = Promise.promise();
    node.sessions.onReturn = back -> looking.future();
    FakeWebSocketConnection client = node.openWebSocket();
    node.say(client, "40{\"pid\":\"" + before.secret + "\",\"offset\":\"1-aaaaaaaa\"}");

    node.on(() -> client.listener.closed(CloseReason.LOST));
    node.on(() -> looking.complete(Optional.of(new Sessions.Recovered(before, List.of()))));

    assertEquals(List.of(CloseReason.LOST), before.lost);
  }

  @Test
  void aClientThatGoesWhileItsSessionIsLookedForInVainLeavesNoneBehind() {
    node.sessions.recoverable = true;
    FakeSessions.Opened before = sessionOfAClient();
    Promise<Optional<Sessions.Recovered>> looking = Promise.promise();
    node.sessions.onReturn = back -> looking.future();
    FakeWebSocketConnection client = node.openWebSocket();
    node.say(client, "40{\"pid\":\"" + before.secret + "\",\"offset\":\"1-aaaaaaaa\"}");

    node.on(() -> client.listener.closed(CloseReason.LOST));
    node.on(() -> looking.complete(Optional.empty()));

    assertEquals(1, node.sessions.opened.size());
  }
}
