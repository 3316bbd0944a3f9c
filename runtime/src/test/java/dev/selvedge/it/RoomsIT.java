package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonArray;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code selvedge dev --demo rooms}: the official client libraries of Socket.IO and SignalR, as npm
 * has them, in a real browser against functions.
 */
class RoomsIT {
  private static final List<String> KINDS =
      List.of("websocket", "sse", "longpoll", "socketio", "signalr");

  private static final int ROUNDS = 20;

  /** Notes which transports of the browser a page has opened, though not the polls. */
  private static final String NOTE_TRANSPORTS =
      """
      window.opened = [];
      for (const name of ["WebSocket", "EventSource"]) {
        window[name] = class extends window[name] {
          constructor(...args) {
            super(...args);
            window.opened.push(name);
          }
        };
      }""";

  @RegisterExtension final TestCluster cluster = new TestCluster();

  private Demo demo;

  @BeforeEach
  void startTheDemo() throws Exception {
    demo = Demo.start("rooms", cluster.directory());
  }

  @AfterEach
  void endTheDemo() throws Exception {
    if (demo != null) {
      demo.close();
    }
  }

  private Tab open(String path) throws Exception {
    Tab tab = demo.tab();
    tab.beforeEachPage(NOTE_TRANSPORTS);
    tab.open("http://localhost:" + demo.port() + path);
    return tab;
  }

  private static JsonArray opened(Tab tab) throws Exception {
    return new JsonArray((String) tab.evaluate("JSON.stringify([...new Set(window.opened)])"));
  }

  /** The texts of a list's items. */
  private static List<String> lines(Tab tab, String list) throws Exception {
    String items =
        (String)
            tab.evaluate(
                "JSON.stringify([...document.querySelectorAll('"
                    + list
                    + " li')].map(line => line.textContent))");
    return new JsonArray(items).stream().map(String.class::cast).toList();
  }

  /** The names of transports as the library has them; none for the way it goes by itself. */
  @ParameterizedTest
  @CsvSource({
    "'', websocket, WebSocket",
    "websocket, websocket, WebSocket",
    "polling, polling, ''"
  })
  void theSocketIoChatWorksByEachTransport(String forced, String used, String constructor)
      throws Exception {
    String path = "/socketio-chat/" + (forced.isEmpty() ? "" : "?transport=" + forced);
    Tab ann = open(path);
    Tab bob = open(path);
    for (Tab tab : List.of(ann, bob)) {
      tab.awaitText("#state", "connected");
      tab.awaitText("#transport", "by " + used);
      assertEquals(used(constructor), opened(tab));
    }

    enter(ann, "Ann");
    ann.awaitText("#users", "1 takes part");
    enter(bob, "Bob");
    bob.awaitText("#users", "2 take part");
    ann.awaitText("#users", "2 take part");
    ann.type("#text", "hello");
    bob.awaitText("#typing", "Ann typing");
    ann.click("#send");
    bob.awaitText("#lines", "hello");
    bob.await("Ann has stopped typing", () -> bob.text("#typing").isEmpty());
    bob.type("#text", "hello, too");
    bob.click("#send");
    ann.awaitText("#lines", "hello, too");

    assertEquals(List.of("Bob joined", "Annhello", "Bobhello, too"), lines(ann, "#lines"));
    assertEquals(
        List.of("Annhello", "Bobhello, too"),
        lines(bob, "#lines").stream().filter(line -> !line.endsWith("joined")).toList());
    bob.close();
    ann.awaitText("#lines", "Bob left");
    ann.awaitText("#users", "1 takes part");
    ann.screenshot(Path.of("target", "screenshots", "socketio-chat.png"));
    assertEquals(List.of(), ann.complaints());
    assertEquals(List.of(), bob.complaints());
  }

  private static void enter(Tab tab, String name) throws Exception {
    tab.type("#name", name);
    tab.click("#enter");
  }

  private static JsonArray used(String constructor) {
    return constructor.isEmpty() ? new JsonArray() : new JsonArray().add(constructor);
  }

  @ParameterizedTest
  @CsvSource({
    "'', WebSocket",
    "WebSockets, WebSocket",
    "ServerSentEvents, EventSource",
    "LongPolling, ''"
  })
  void theSignalRChatWorksByEachTransport(String forced, String constructor) throws Exception {
    String path = "/signalr-chat/" + (forced.isEmpty() ? "" : "?transport=" + forced);
    Tab ann = open(path);
    Tab bob = open(path);
    for (Tab tab : List.of(ann, bob)) {
      tab.awaitText("#state", "connected");
      assertEquals(used(constructor), opened(tab));
    }

    send(ann, "Ann", "hello");
    bob.awaitText("#lines", "hello");
    ann.awaitText("#lines", "hello");
    ann.click("#count");
    send(bob, "Bob", "hello, too");
    ann.awaitText("#lines", "hello, too");
    bob.awaitText("#lines", "hello, too");
    ann.awaitText("#ended", "(complete)");

    assertEquals("0 1 2 3 4 5 6 7 8 9", ann.text("#numbers"));
    for (Tab tab : List.of(ann, bob)) {
      assertEquals(List.of("Annhello", "Bobhello, too"), lines(tab, "#lines"));
      assertEquals("", tab.text("#unsent"));
      assertEquals(List.of(), tab.complaints());
    }
    ann.screenshot(Path.of("target", "screenshots", "signalr-chat.png"));
  }

  private static void send(Tab tab, String user, String text) throws Exception {
    tab.type("#user", user);
    tab.type("#text", text);
    tab.click("#send");
  }

  @Test
  void fiveKindsOfClientsInOneRoomHearEachOtherOnce() throws Exception {
    Tab tab = open("/rooms/");
    for (String kind : KINDS) {
      tab.awaitText("#" + kind + " [role=status]", "in the room, as " + kind);
    }

    for (int round = 0; round < ROUNDS; round++) {
      for (String kind : KINDS) {
        tab.type("#" + kind + " input", "line " + round + " by " + kind);
        tab.click("#" + kind + " button");
      }
    }
    // Of a sender's lines the last comes last: with it, all of them, and what came twice, are
    // there.
    for (String hearer : KINDS) {
      for (String sender : KINDS) {
        tab.awaitText("#" + hearer + " ol", "line " + (ROUNDS - 1) + " by " + sender);
      }
    }

    for (String hearer : KINDS) {
      List<String> heard = lines(tab, "#" + hearer);
      for (String sender : KINDS) {
        assertEquals(
            IntStream.range(0, ROUNDS)
                .mapToObj(round -> "line " + round + " by " + sender)
                .toList(),
            heard.stream()
                .filter(line -> line.endsWith(" by " + sender))
                .map(line -> line.substring(line.indexOf("line ")))
                .toList(),
            hearer + " of " + sender);
      }
      assertEquals(ROUNDS * KINDS.size(), heard.size(), hearer);
    }
    tab.screenshot(Path.of("target", "screenshots", "rooms.png"));
    assertEquals(List.of(), tab.complaints());
  }
}
