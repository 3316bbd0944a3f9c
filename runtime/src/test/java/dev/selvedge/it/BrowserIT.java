package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The samples' pages in a real browser, its tabs at different nodes. */
class BrowserIT {
  private static final String NO_WEBSOCKET = "delete window.WebSocket;";

  /** Also takes away what an event stream can be read with. */
  private static final String NO_STREAM =
      NO_WEBSOCKET
          + "delete window.EventSource;"
          + "delete window.ReadableStream;"
          + "Object.defineProperty(Response.prototype, 'body', {get: () => null});";

  @RegisterExtension final TestCluster cluster = new TestCluster();

  private Chromium browser;
  private TestNode one;
  private TestNode two;

  @BeforeEach
  void startTwoNodesAndABrowser() throws Exception {
    Path program = Programs.require("chromium", Chromium.program());
    List<TestNode> nodes = cluster.start(2);
    one = nodes.get(0);
    two = nodes.get(1);
    one.admin().deploy(sample("deli-counter"));
    one.admin().deploy(sample("chat"));
    browser = Chromium.start(program, cluster.directory());
  }

  private static Path sample(String name) {
    return TestNode.HOME.resolve("functions/" + name + "/target/" + name + ".jar");
  }

  @AfterEach
  void endTheBrowser() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  private static String url(TestNode node, String path) {
    return "http://localhost:" + node.clientPort() + path;
  }

  private void photograph(Tab tab, String name) throws Exception {
    tab.screenshot(Path.of("target", "screenshots", name + ".png"));
  }

  @Test
  void theRightCustomerIsToldWhenTheNextOneIsCalled() throws Exception {
    Tab ann = browser.tab();
    Tab bob = browser.tab();
    ann.open(url(one, "/"));
    bob.open(url(two, "/"));
    photograph(ann, "deli-open");

    ann.click("#take");
    ann.awaitText("#number", "1");
    bob.click("#take");
    bob.awaitText("#number", "2");
    ann.awaitText("#notice", "You are next.");
    bob.awaitText("#notice", "1 before you.");
    photograph(bob, "deli-waiting");

    bob.click("#next");
    ann.awaitText("#notice", "It is your turn!");
    ann.awaitText("#serving", "1");
    bob.awaitText("#notice", "You are next.");
    bob.awaitText("#called", "Called 1.");
    photograph(ann, "deli-called");

    ann.click("#next");
    bob.awaitText("#notice", "It is your turn!");
    assertEquals(List.of(), ann.complaints());
    assertEquals(List.of(), bob.complaints());
  }

  @Test
  void aCustomerWhoReloadsThePageKeepsTheNumber() throws Exception {
    Tab ann = browser.tab();
    ann.open(url(one, "/"));
    ann.click("#take");
    ann.awaitText("#number", "1");

    ann.open(url(one, "/"));

    ann.awaitText("#number", "1");
    ann.awaitText("#notice", "You are next.");
  }

  @Test
  void withoutWebSocketsThePageFallsBackToAnEventStream() throws Exception {
    assertWorksBy("sse", NO_WEBSOCKET);
  }

  @Test
  void withoutStreamsThePageFallsBackToLongPolls() throws Exception {
    assertWorksBy("longpoll", NO_STREAM);
  }

  private void assertWorksBy(String transport, String handicap) throws Exception {
    Tab poor = browser.tab();
    Tab rich = browser.tab();
    poor.beforeEachPage(handicap);
    poor.open(url(one, "/"));
    rich.open(url(two, "/"));
    poor.awaitText("#connection", "connected by " + transport);
    rich.awaitText("#connection", "connected by websocket");

    poor.click("#take");
    poor.awaitText("#number", "1");
    rich.awaitText("#line", "1 in line.");
    rich.click("#next");
    poor.awaitText("#notice", "It is your turn!");
    photograph(poor, "deli-" + transport);
  }

  @Test
  void peopleAtDifferentNodesTalkAndSeeWhoIsThere() throws Exception {
    Tab ann = browser.tab();
    Tab bob = browser.tab();
    enter(ann, one, "Ann");
    enter(bob, two, "Bob");
    ann.awaitText("#people", "Bob");
    bob.awaitText("#people", "Ann");

    say(bob, "Is the <b>soup</b> ready?");
    ann.awaitText("#lines", "Is the <b>soup</b> ready?");
    say(ann, "Since noon.");
    bob.awaitText("#lines", "Since noon.");
    photograph(bob, "chat-talk");

    Tab cem = browser.tab();
    enter(cem, two, "Cem");
    cem.awaitText("#lines", "Since noon.");
    ann.click("#leave");
    bob.await("Ann has left", () -> !bob.text("#people").contains("Ann"));
    one.kill();
    say(cem, "Still here?");
    bob.awaitText("#lines", "Still here?");
    assertEquals(List.of(), bob.complaints());
  }

  private static void enter(Tab tab, TestNode node, String name) throws Exception {
    tab.open(url(node, "/chat/"));
    tab.type("#name", name);
    tab.click("#enter");
    tab.awaitText("#people", name);
  }

  private static void say(Tab tab, String text) throws Exception {
    tab.type("#text", text);
    tab.click("#say");
    tab.awaitText("#lines", text);
  }

  @Test
  void aPageFindsItsWayBackWhenItsNodeRestarts() throws Exception {
    Tab ann = browser.tab();
    ann.open(url(one, "/"));
    ann.click("#take");
    ann.awaitText("#number", "1");

    one.kill();
    ann.awaitText("#connection", "connection lost");
    photograph(ann, "deli-lost");
    cluster.restart(one);

    ann.awaitText("#connection", "connected");
    ann.awaitText("#number", "1");
  }
}
