package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of SignalR that do not keep to the protocol, on real sockets. */
@Timeout(240)
class BadSignalRInputTest extends BadInput {
  private static final String RS = "\u001e";
  private static final String CLOSED_WITH_ERROR =
      "{\"type\":7,\"error\":\"Connection closed with an error.\"}" + RS;

  /** With its handshake still to come. */
  private RawClient open() throws IOException {
    try (RawClient negotiating = new RawClient(port())) {
      negotiating.send(
          "POST /test/negotiate?negotiateVersion=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
      String token = new JsonObject(negotiating.answer().text()).getString("connectionToken");
      return RawClient.webSocket(port(), "/test?id=" + token);
    }
  }

  private RawClient connected() throws IOException {
    RawClient client = open();
    say(client, "{\"protocol\":\"json\",\"version\":1}");
    assertEquals("{}" + RS, client.frame().text());
    assertEquals(
        "{\"type\":1,\"target\":\"welcome\",\"arguments\":[\"websocket\"]}" + RS,
        client.frame().text());
    return client;
  }

  private static void say(RawClient client, String message) throws IOException {
    client.send(RawClient.text(message + RS));
  }

  private static void assertServed(RawClient client) throws IOException {
    say(client, invocation("7", "echo", "\"still here\""));
    assertEquals(
        "{\"type\":3,\"invocationId\":\"7\",\"result\":\"still here\"}" + RS,
        client.frame().text());
  }

  private static String invocation(String id, String target, String args) {
    return "{\"type\":1,\"invocationId\":\"%s\",\"target\":\"%s\",\"arguments\":[%s]}"
        .formatted(id, target, args);
  }

  private static String error(String id, String text) {
    return "{\"type\":3,\"invocationId\":\"" + id + "\",\"error\":\"" + text + "\"}" + RS;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":1,\"target\":\"echo\",\"arguments\":[]}",
        "{\"type\":6}",
        "{\"protocol\":7,\"version\":1}",
        "[]",
        "",
        "nonsense"
      })
  void whatComesBeforeTheHandshakeIsRefused(String message) throws Exception {
    try (RawClient client = open()) {
      say(client, message);

      assertEquals(
          "{\"error\":\"An unexpected error occurred during connection handshake.\"}" + RS,
          client.frame().text());
      assertEquals(1000, client.closeCode());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{}",
        "[]",
        "\"a\"",
        "{\"type\":1}",
        "{\"type\":\"1\"}",
        "{\"type\":1,\"target\":5,\"arguments\":[]}",
        "{\"type\":1,\"target\":\"echo\",\"arguments\":{}}",
        "{\"type\":2,\"item\":1}",
        "{\"type\":3,\"invocationId\":\"1\",\"result\":1,\"error\":\"e\"}",
        "{\"type\":4,\"target\":\"count\",\"arguments\":[1]}",
        "{\"protocol\":\"json\",\"version\":1}"
      })
  void whatIsNoMessageClosesTheConnectionWithAnError(String message) throws Exception {
    try (RawClient client = connected()) {
      say(client, message);

      assertEquals(CLOSED_WITH_ERROR, client.frame().text());
      assertEquals(1000, client.closeCode());
    }
  }

  @Test
  void whatIsTooLargeClosesTheConnectionBeforeItIsWhole() throws Exception {
    try (RawClient client = connected()) {
      client.send(RawClient.text("{\"type\":1,\"target\":\"" + "x".repeat(33 * 1024)));

      assertEquals(CLOSED_WITH_ERROR, client.frame().text());
      assertEquals(1000, client.closeCode());
    }
  }

  @Test
  void aCloseWithoutACodeIsAnsweredWithOne() throws Exception {
    try (RawClient client = connected()) {
      client.send(RawClient.frame(0x88, new byte[0]));

      assertEquals(1000, client.closeCode());
    }
  }

  @Test
  void aMissingMethodAndWrongArgumentsAreErrorsOfTheirInvocationOnly() throws Exception {
    try (RawClient client = connected()) {
      say(client, invocation("1", "missing", ""));
      assertEquals(error("1", "Unknown hub method 'missing'"), client.frame().text());
      say(client, invocation("2", "push", ""));
      String tooFew = client.frame().text();
      say(client, invocation("3", "push", "\"a\",{}"));
      String wrong = client.frame().text();
      say(client, "{\"type\":1,\"target\":\"push\",\"arguments\":[]}"); // wants no answer

      assertTrue(
          tooFew.contains("\"error\":\"Failed to invoke 'push' due to an error on the server."),
          tooFew);
      assertTrue(wrong.contains("\"error\":\"Failed to invoke 'push'"), wrong);
      assertServed(client);
    }
  }

  @Test
  void whatBelongsToNothingIsIgnoredAndCostsNothing() throws Exception {
    try (RawClient client = connected()) {
      assertNoMoreMemory(
          () -> {
            for (int i = 0; i < 2_000; i++) {
              say(client, "{\"type\":2,\"invocationId\":\"no-" + i + "\",\"item\":" + i + "}");
              say(client, "{\"type\":3,\"invocationId\":\"no-" + i + "\",\"result\":1}");
              say(client, "{\"type\":3,\"invocationId\":\"s" + i + "\",\"error\":\"e\"}");
              say(client, "{\"type\":5,\"invocationId\":\"no-" + i + "\"}");
              say(client, "{\"type\":8,\"sequenceId\":" + i + "}");
              say(client, "{\"type\":99,\"what\":[[],{}]}");
            }
            assertServed(client);
          });
    }
  }

  @Test
  void anIdThatIsInUseIsRefused() throws Exception {
    try (RawClient client = connected()) {
      String stream =
          "{\"type\":1,\"invocationId\":\"2\",\"target\":\"sum\",\"arguments\":[],\"streamIds\":[\"a\"]}";
      say(client, stream);
      say(client, stream);

      assertEquals(error("2", "Invocation ID '2' is already in use."), client.frame().text());
      assertServed(client);
    }
  }

  @Test
  void aStreamThatIsNeverCompletedHoldsNobodyUpAndGoesWithItsClient() throws Exception {
    assertNoMoreMemory(
        () -> {
          for (int i = 0; i < 30; i++) {
            try (RawClient client = connected()) {
              say(
                  client,
                  "{\"type\":1,\"invocationId\":\"2\",\"target\":\"sum\",\"arguments\":[],"
                      + "\"streamIds\":[\"a\"]}");
              for (int item = 0; item < 100; item++) {
                say(client, "{\"type\":2,\"invocationId\":\"a\",\"item\":1}");
              }
              assertServed(client);
            }
          }
          untilSessions(1);
        });
  }

  @Test
  void hubMessagesMayBeCutAtEveryByte() throws Exception {
    byte[] json = (invocation("7", "echo", "\"é€\"") + RS).getBytes(StandardCharsets.UTF_8);
    try (RawClient client = connected()) {
      for (int at = 1; at < json.length; at++) {
        client.send(RawClient.frame(0x82, Arrays.copyOf(json, at)));
        client.send(RawClient.frame(0x82, Arrays.copyOfRange(json, at, json.length)));
        assertEquals(
            "{\"type\":3,\"invocationId\":\"7\",\"result\":\"é€\"}" + RS,
            client.frame().text(),
            "cut at " + at);
      }
    }
  }

  @Test
  void messagesOfMessagePackMayBeCutAtEveryByte() throws Exception {
    byte[] echo = behindLength(Base64.getDecoder().decode("lgGAo3h5eqRlY2hvkSqQ"));
    byte[] result = behindLength(Base64.getDecoder().decode("lQOAo3h5egMq"));
    try (RawClient client = open()) {
      say(client, "{\"protocol\":\"messagepack\",\"version\":1}");
      assertEquals("{}" + RS, client.frame().text());
      assertEquals(0x82, client.frame().first());
      for (int at = 1; at < echo.length; at++) {
        client.send(RawClient.frame(0x82, Arrays.copyOf(echo, at)));
        client.send(RawClient.frame(0x82, Arrays.copyOfRange(echo, at, echo.length)));
        assertEquals(
            Arrays.toString(result), Arrays.toString(client.frame().payload()), "cut at " + at);
      }
    }
  }

  private static byte[] behindLength(byte[] body) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(body.length);
    message.writeBytes(body);
    return message.toByteArray();
  }

  @Test
  void aLengthThatLiesClosesTheConnection() throws Exception {
    try (RawClient client = open()) {
      say(client, "{\"protocol\":\"messagepack\",\"version\":1}");
      client.frame();
      client.frame();
      client.send(RawClient.frame(0x82, new byte[] {-1, -1, -1, -1, 7}));

      assertEquals(0x82, client.frame().first()); // the close message
      assertEquals(1000, client.closeCode());
    }
  }

  @Test
  void tenThousandGroupsOfOneSessionCostLittleAndGoWithIt() throws Exception {
    assertNoMoreMemory(
        () -> {
          try (RawClient client = connected();
              RawClient other = connected()) {
            say(client, invocation("1", "join", "10000"));
            assertEquals(
                "{\"type\":3,\"invocationId\":\"1\",\"result\":null}" + RS, client.frame().text());
            say(other, invocation("1", "to-group", "\"group 9999\",\"hey\""));
            assertEquals(
                "{\"type\":1,\"target\":\"told\",\"arguments\":[\"hey\"]}" + RS,
                client.frame().text());
          }
          untilSessions(1);
        });
  }

  @Test
  void aCloseWithoutACodeEndsTheSession() throws Exception {
    try (RawClient client = connected()) {
      client.send(RawClient.frame(0x88, new byte[0]));
      client.closeCode();
      untilSessions(1);
    }
  }
}
