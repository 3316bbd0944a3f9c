package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.IoTransport;
import dev.selvedge.config.RoutingConfig;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Fabrics;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouterDocumentsTest {
  private static final String CHAT = "{\"members\": [\"127.0.0.1:3001\"]}";

  @TempDir Path directory;

  private final List<Fabric> started = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (Fabric fabric : started) {
      await(fabric.close());
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  /** A node that starts with what the disk has and that file. */
  private RouterDocuments start(String pools, String routes) throws Exception {
    Fabric fabric =
        Fabrics.local(IoTransport.AUTO, "test", options -> options.setEventLoopPoolSize(1));
    started.add(fabric);
    RouterDocuments documents =
        new RouterDocuments(
            fabric,
            directory,
            new RoutingConfig(
                new JsonObject(pools), new JsonArray(routes), new JsonObject(), Map.of()));
    await(fabric.start());
    await(documents.start());
    return documents;
  }

  private RouterDocuments startWithChat() throws Exception {
    return start("{\"chat\": " + CHAT + "}", "[{\"path\": \"/chat\", \"pool\": \"chat\"}]");
  }

  private static PoolSpec disabled(PoolSpec pool) {
    return pool.withMembers(
        pool.members().stream()
            .map(
                member ->
                    MemberFormat.read(
                        "member", MemberFormat.write(member).put("state", "disabled")))
            .toList());
  }

  private static MemberSpec.AdminState state(RouterDocuments documents) {
    return documents.current().pools().get("chat").members().get(0).state();
  }

  @Test
  void whatTheFileSaysIsDefined() throws Exception {
    Definitions found = startWithChat().current();

    assertEquals(List.of(MemberSpec.of("127.0.0.1:3001")), found.pools().get("chat").members());
    assertEquals(new RouteTarget.ToPool("chat"), found.routes().get("chat").target());
    assertEquals(List.of("route chat"), found.usersOf("chat"));
    assertEquals(List.of(), found.loose());
  }

  @Test
  void anEditAtRunTimeOutlivesARestartWithTheSameFile() throws Exception {
    RouterDocuments documents = startWithChat();
    await(documents.changePool("chat", RouterDocumentsTest::disabled));
    await(
        documents.put(
            DefinitionKind.ROUTE,
            "extra",
            new JsonObject("{\"name\": \"extra\", \"deny\": true}")));
    assertEquals(MemberSpec.AdminState.DISABLED, state(documents));

    RouterDocuments restarted = startWithChat();

    assertEquals(MemberSpec.AdminState.DISABLED, state(restarted));
    assertEquals(new RouteTarget.Deny(403), restarted.current().routes().get("extra").target());
  }

  @Test
  void aFileThatSaysSomethingElseWinsOverTheEdit() throws Exception {
    await(startWithChat().changePool("chat", RouterDocumentsTest::disabled));

    RouterDocuments restarted =
        start("{\"chat\": {\"members\": [\"127.0.0.1:3001\"], \"keep-alive\": 3}}", "[]");

    assertEquals(MemberSpec.AdminState.UP, state(restarted));
    assertEquals(3, restarted.current().pools().get("chat").relaying().keepAlive());
    assertTrue(restarted.current().routes().containsKey("chat"), "no file removes a definition");
  }

  @Test
  void theOrderOfKeysInTheFileChangesNothing() throws Exception {
    start("{\"chat\": {\"keep-alive\": 3, \"members\": [\"127.0.0.1:3001\"]}}", "[]");
    RouterDocuments second =
        start("{\"chat\": {\"members\": [\"127.0.0.1:3001\"], \"keep-alive\": 3}}", "[]");
    await(second.changePool("chat", RouterDocumentsTest::disabled));

    RouterDocuments third =
        start("{\"chat\": {\"keep-alive\": 3, \"members\": [\"127.0.0.1:3001\"]}}", "[]");

    assertEquals(MemberSpec.AdminState.DISABLED, state(third));
  }

  @Test
  void whatWasRemovedStaysRemovedUntilTheFileSaysSomethingElseOfIt() throws Exception {
    RouterDocuments documents = startWithChat();
    await(documents.remove(DefinitionKind.POOL, "chat"));
    assertFalse(documents.current().pools().containsKey("chat"));
    assertEquals(List.of("route chat: no pool is called chat"), documents.current().loose());

    assertFalse(startWithChat().current().pools().containsKey("chat"));
    assertTrue(start("{\"chat\": {}}", "[]").current().pools().containsKey("chat"));
  }

  @Test
  void anEditIsCheckedAndAnUnknownNameIsRefused() throws Exception {
    RouterDocuments documents = startWithChat();

    ExecutionException bad =
        assertThrows(
            ExecutionException.class,
            () ->
                await(
                    documents.put(
                        DefinitionKind.POOL, "chat", new JsonObject("{\"keep-alive\": -1}"))));
    assertEquals("pools.chat.keep-alive: -1 (expected: 0..100000)", bad.getCause().getMessage());
    ExecutionException unknown =
        assertThrows(
            ExecutionException.class,
            () -> await(documents.remove(DefinitionKind.LISTENER, "mqtt")));
    assertInstanceOf(RouterDocuments.UnknownName.class, unknown.getCause());
    assertEquals("no listener is called mqtt", unknown.getCause().getMessage());
  }

  @Test
  void followersHearOfEveryChange() throws Exception {
    RouterDocuments documents = startWithChat();
    List<Definitions> heard = new ArrayList<>();
    documents.follow(heard::add);

    await(
        documents.put(
            DefinitionKind.LISTENER, "mqtt", new JsonObject("{\"port\": 0, \"pool\": \"chat\"}")));

    assertEquals(
        new ListenerSpec("mqtt", "0.0.0.0", 0, "chat", false, List.of()),
        heard.get(heard.size() - 1).listeners().get("mqtt"));
  }

  @Test
  void twoRoutesOfTheSameNameAreRefused() {
    RoutingConfig file =
        new RoutingConfig(
            new JsonObject(),
            new JsonArray("[{\"deny\": true}, {\"pool\": \"a\"}]"),
            new JsonObject(),
            Map.of("routes[1]", "selvedge.yaml:4"));

    ConfigException wrong = assertThrows(ConfigException.class, () -> RouterDocuments.check(file));

    assertEquals(
        "routes[1] (selvedge.yaml:4): root"
            + " (expected: a route whose name no other has; name: sets another one)",
        wrong.getMessage());
  }
}
