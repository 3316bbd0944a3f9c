package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of Socket.IO that do not keep to the protocol, on real sockets. */
@Timeout(240)
class BadSocketIoInputTest extends BadInput {
  private static final String ENGINE = "/test/socket.io/?EIO=4&transport=";

  private RawClient open() throws IOException {
    RawClient client = RawClient.webSocket(port(), ENGINE + "websocket");
    assertTrue(client.frame().text().startsWith("0{\"sid\":"));
    return client;
  }

  /** In the main namespace. */
  private RawClient connected() throws IOException {
    RawClient client = open();
    say(client, "40");
    assertTrue(client.frame().text().startsWith("40{\"sid\":"));
    assertEquals("42[\"welcome\",\"websocket\"]", client.frame().text());
    return client;
  }

  private static void say(RawClient client, String packet) throws IOException {
    client.send(RawClient.text(packet));
  }

  private static void assertServed(RawClient client) throws IOException {
    say(client, "427[\"echo\",\"still here\"]");
    assertEquals("437[\"still here\"]", client.frame().text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"42[\"echo\",1]", "431[]", "41", "44\"no\"", "451-[\"a\"]", "42/x,[\"a\"]"})
  void packetsBeforeConnectCloseTheConnection(String packet) throws Exception {
    try (RawClient client = open()) {
      say(client, packet);

      if (packet.startsWith("451-")) {
        client.send(RawClient.frame(0x82, new byte[] {1}));
      }
      assertEquals(1002, client.closeCode());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "40",
        "44\"no\"",
        "42/never,[\"a\"]",
        "41/never,",
        "43/never,1[]",
        "42",
        "42[]",
        "42{}",
        "42[\"connect\"]",
        "42[\"a\"",
        "4",
        "47[\"a\"]",
        "45[\"a\"]",
        "4511-[\"a\"]",
        "429999999999999999[\"a\"]",
        "b!",
        "bAQID",
        "9",
        ""
      })
  void packetsThatBreakTheRulesCloseTheConnection(String packet) throws Exception {
    try (RawClient client = connected()) {
      say(client, packet);

      assertEquals(1002, client.closeCode());
    }
  }

  @Test
  void attachmentsThatDoNotFitCloseTheConnection() throws Exception {
    String header = "451-[\"echo\",{\"_placeholder\":true,\"num\":0}]";
    try (RawClient text = connected();
        RawClient other = connected();
        RawClient unasked = connected()) {
      say(text, header);
      say(text, "42[\"echo\"]");
      say(other, header.replace(":0}", ":1}"));
      other.send(RawClient.frame(0x82, new byte[] {1}));
      unasked.send(RawClient.frame(0x82, new byte[] {1}));

      assertEquals(1002, text.closeCode());
      assertEquals(1002, other.closeCode());
      assertEquals(1002, unasked.closeCode());
    }
  }

  @Test
  void unknownNamespacesAreInvalidAndUnaskedAcksIgnoredAndTheyCostNothing() throws Exception {
    try (RawClient client = connected()) {
      assertNoMoreMemory(
          () -> {
            for (int i = 0; i < 2_000; i++) {
              say(client, "40/nowhere-" + i + ",{\"a\":" + i + "}");
              say(client, "43" + i + "[\"nobody asked\"]");
              assertEquals(
                  "44/nowhere-" + i + ",{\"message\":\"Invalid namespace\"}",
                  client.frame().text());
            }
          });
      assertServed(client);
    }
  }

  @Test
  void oneAnswerToOneQuestionCountsAndTheOthersAreIgnored() throws Exception {
    try (RawClient client = connected()) {
      say(client, "42[\"ask\"]");
      String asked = client.frame().text();
      String id = asked.substring(2, asked.indexOf('['));
      say(client, "43" + (Integer.parseInt(id) + 1) + "[\"to another\"]");
      say(client, "43" + id + "[\"yes\"]");
      say(client, "43" + id + "[\"no\"]");

      assertEquals("42[\"answered\",\"yes\"]", client.frame().text());
      assertServed(client);
    }
  }

  @Test
  void wrongArgumentsAreAnErrorOfTheirMessageOnly() throws Exception {
    try (RawClient client = connected()) {
      say(client, "421[\"push\"]");
      assertTrue(client.frame().text().startsWith("431[{"));
      say(client, "422[\"push\",\"a\",{}]");
      assertTrue(client.frame().text().startsWith("432[{"));
      assertServed(client);
    }
  }

  @Test
  void whatIsTooLargeIsRefused() throws Exception {
    String large = "42[\"echo\",\"" + "x".repeat(1_000_000) + "\"]";
    try (RawClient client = connected()) {
      try {
        say(client, large);
      } catch (IOException closed) {
        // before everything was sent
      }
      assertEquals(1009, client.closeCode());
    }
    String poll = ENGINE + "polling&sid=" + openPolling();
    assertEquals(413, post(poll, large).status());
    assertEquals("ok", post(poll, "40").text(), "the session goes on");
  }

  private String openPolling() throws IOException {
    return new JsonObject(get(ENGINE + "polling").text().substring(1)).getString("sid");
  }

  private RawClient.Answer get(String target) throws IOException {
    try (RawClient client = new RawClient(port())) {
      return client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").answer();
    }
  }

  private RawClient.Answer post(String target, String body) throws IOException {
    try (RawClient client = new RawClient(port())) {
      String head =
          "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
              .formatted(target, body.length());
      try {
        client.send(head + body);
      } catch (IOException refused) {
        // by the length that it announced
      }
      return client.answer();
    }
  }

  @Test
  void pollsAndPostsOutOfOrderEndTheirSession() throws Exception {
    String event = ENGINE + "polling&sid=" + openPolling();
    post(event, "42[\"echo\"]");
    assertEquals("6\u001e1", get(event).text(), "closed by the server");
    assertEquals(400, get(event).status());

    String bad = ENGINE + "polling&sid=" + openPolling();
    post(bad, "40\u001e42[\"a\"\u001e40");
    assertEquals("6\u001e1", get(bad).text(), "closed by the server");
    assertEquals("{\"code\":1,\"message\":\"Session ID unknown\"}", get(bad).text());
  }

  @Test
  void aHandshakeThatIsRefusedGetsTheTextAndAClosedSocket() throws Exception {
    try (RawClient client = new RawClient(port())) {
      client.send(RawClient.handshake(ENGINE + "websocket&sid=unknown"));

      RawClient.Answer refused = client.answer();
      assertEquals(400, refused.status());
      assertEquals("text/html", refused.header("content-type"));
      assertEquals("close", refused.header("connection"));
      assertEquals("Session ID unknown", refused.text());
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void aPacketMayBeCutAnywhere() throws Exception {
    byte[] packet = "427[\"echo\",\"é😀\"]".getBytes(StandardCharsets.UTF_8);
    try (RawClient client = connected()) {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      for (int i = 0; i < packet.length; i++) {
        int first = (i == 0 ? 1 : 0) | (i == packet.length - 1 ? 0x80 : 0);
        frames.writeBytes(RawClient.frame(first, new byte[] {packet[i]}));
      }
      for (byte one : frames.toByteArray()) {
        client.send(new byte[] {one});
      }

      assertEquals("437[\"é😀\"]", client.frame().text());
    }
  }

  @Test
  void tenThousandGroupsOfOneSessionCostLittleAndGoWithIt() throws Exception {
    assertNoMoreMemory(
        () -> {
          try (RawClient client = connected();
              RawClient other = connected()) {
            say(client, "421[\"join\",10000]");
            assertEquals("431[]", client.frame().text());
            say(other, "421[\"to-group\",\"group 1\",\"hey\"]");
            assertEquals("431[]", other.frame().text());
            assertEquals("42[\"told\",\"hey\"]", client.frame().text());
            assertServed(other);
          }
          untilSessions(1);
        });
  }
}
