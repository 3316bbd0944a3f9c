package dev.selvedge.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.ConfigException;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisStoreTest extends StoreContract {
  /** As by default, but quicker to notice and to return. */
  private static final RedisLink.Limits QUICK = quick(Duration.ofMillis(200));

  private static RedisLink.Limits quick(Duration ping) {
    return new RedisLink.Limits(
        Duration.ofSeconds(2),
        Duration.ofSeconds(2),
        ping,
        Duration.ofMillis(20),
        Duration.ofMillis(200),
        256);
  }

  @TempDir static Path directory;
  private static Vertx vertx;
  private static RedisServer server;
  private static Stores here;
  private static Stores there;
  private final List<Stores> opened = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    server = RedisServer.start(directory);
    vertx = Vertx.vertx();
    here = await(Stores.redis(vertx, server.url()));
    there = await(Stores.redis(vertx, server.url()));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      await(here.close());
      await(there.close());
      await(vertx.close());
      server.close();
    }
  }

  @AfterEach
  void closeOpened() {
    opened.forEach(stores -> await(stores.close()));
  }

  @Override
  Store open(String name) {
    return here.open(name);
  }

  @Override
  Store openElsewhere(String name) {
    return there.open(name);
  }

  @Override
  Vertx vertx() {
    return vertx;
  }

  @Test
  void killedServerMakesOperationsFailAtOnceUntilItIsBack() throws Exception {
    Stores stores = quick();
    Store store = stores.open("restart");
    await(store.put("a", "kept"));
    assertTrue(stores.health().ok());

    server.kill();
    Awaited.until("the loss is noticed", () -> !stores.health().ok());
    FunctionException failure = failure(store.get("a"));
    server.restart();
    Awaited.until("the link is back", () -> stores.health().ok());

    assertEquals("store-unavailable", failure.code());
    assertEquals(Optional.of("kept"), await(store.get("a")));
  }

  @Test
  void whatIsInFlightWhenTheServerDiesFailsAndNothingHangs() throws Exception {
    Stores stores = quick();
    Store store = stores.open("in-flight");
    await(store.put("a", 1));

    server.freeze();
    List<Future<Optional<Object>>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      waiting.add(store.get("a"));
    }
    server.kill();

    waiting.forEach(each -> assertEquals("store-unavailable", failure(each).code()));
    server.restart();
    Awaited.until("the link is back", () -> stores.health().ok());
    assertEquals(Optional.of(1), await(store.get("a")));
  }

  @Test
  void frozenServerMakesOperationsTimeOutAndThenFailAtOnce() throws Exception {
    // No ping may be what finds it out.
    Stores stores = opened(quick(Duration.ofHours(1)));
    Store store = stores.open("frozen");
    await(store.put("a", 1));

    server.freeze();
    try {
      FunctionException late = failure(store.increment("a", 1));
      Awaited.until("the loss is noticed", () -> !stores.health().ok());
      FunctionException refused = failure(store.get("a"));

      assertEquals("store-unavailable", late.code());
      assertTrue(late.text().contains("no answer within 2000 ms"), late.text());
      assertEquals("store-unavailable", refused.code());
      assertTrue(stores.health().reason().startsWith("redis 127.0.0.1:"), stores.health().reason());
    } finally {
      server.thaw();
    }

    Awaited.until("the link is back", () -> stores.health().ok());
    assertEquals(Optional.of(1), await(store.get("a")).map(n -> 1));
  }

  @Test
  void aLinkThatIsDownRefusesWithoutWaiting() throws Exception {
    RedisLink link = new RedisLink(vertx, RedisAddress.of(server.url()), QUICK);
    server.kill();
    await(link.start());

    assertTrue(link.send(Request.cmd(Command.PING)).failed());

    await(link.close());
    server.restart();
    Awaited.until("the other links are back", () -> here.health().ok() && there.health().ok());
  }

  @Test
  void aDeadServerIsNoticedThoughNobodyAsks() throws Exception {
    Stores stores = quick();

    server.freeze();
    try {
      Awaited.until("the ping fails", () -> !stores.health().ok());
    } finally {
      server.thaw();
    }

    Awaited.until("the link is back", () -> stores.health().ok());
  }

  @Test
  void moreThanTheBoundInFlightIsRefused() throws Exception {
    Stores stores = quick();
    Store store = stores.open("bound");

    server.freeze();
    try {
      List<Future<Optional<Object>>> waiting = new ArrayList<>();
      for (int i = 0; i < QUICK.maxInFlight() + 1; i++) {
        waiting.add(store.get("a"));
      }
      FunctionException tooMany = failure(waiting.get(QUICK.maxInFlight()));
      assertTrue(tooMany.text().contains("256 commands wait"), tooMany.text());
      waiting.forEach(each -> assertEquals("store-unavailable", failure(each).code()));
    } finally {
      server.thaw();
    }
    Awaited.until("the link is back", () -> stores.health().ok());
    assertEquals(Optional.empty(), await(store.get("a")));
  }

  @Test
  void storesOpenWithoutAServerAndRecoverWhenThereIsOne() throws Exception {
    server.kill();
    Stores stores = quick();
    Store store = stores.open("late");

    assertFalse(stores.health().ok());
    assertEquals("store-unavailable", failure(store.put("a", 1)).code());

    server.restart();
    Awaited.until("the link is there", () -> stores.health().ok());
    await(store.put("a", 1));
  }

  @Test
  void scriptsAreSentAgainToAServerThatForgotThem() {
    Store store = open("scripts-" + System.nanoTime());
    assertTrue(await(store.compareAndSet("a", null, 1)));

    await(command(Request.cmd(Command.SCRIPT).arg("FLUSH")));

    assertTrue(await(store.compareAndSet("a", 1, 2)));
  }

  @Test
  void otherProgramsFindTheJsonUnderTheDocumentedKey() {
    await(open("documented").put("a:b", new JsonObject().put("z", 1).put("a", 2)));

    assertEquals(
        "{\"a\":2,\"z\":1}",
        await(
            command(Request.cmd(Command.GET).arg("selvedge:documented:a:b"))
                .map(Object::toString)));
  }

  @Test
  void whatOtherProgramsLeaveThereIsRefusedNotGuessed() {
    Store store = open("foreign");
    await(command(Request.cmd(Command.SET).arg("selvedge:foreign:text").arg("no json")));
    await(command(Request.cmd(Command.HSET).arg("selvedge:foreign:hash").arg("a").arg("b")));

    assertEquals("store-failed", failure(store.get("text")).code());
    assertEquals("store-failed", failure(store.get("hash")).code());
    assertEquals("store-failed", failure(store.increment("hash", 1)).code());
    assertEquals("not-a-number", failure(store.increment("text", 1)).code());
  }

  @Test
  void addressesAreCheckedAndShownWithoutTheirPassword() {
    assertEquals("h:6379", RedisAddress.of("redis://:secret@h").toString());
    assertEquals("h:7000/3", RedisAddress.of("rediss://user:secret@h:7000/3").toString());
    for (String bad :
        List.of("redis://", "http://h", "redis://:secret@h/x", "redis://:secret@ h")) {
      String words = assertThrows(ConfigException.class, () -> RedisAddress.of(bad)).getMessage();
      assertFalse(words.contains("secret"), words);
    }
  }

  private Stores quick() {
    return opened(QUICK);
  }

  private Stores opened(RedisLink.Limits limits) {
    RedisLink link = new RedisLink(vertx, RedisAddress.of(server.url()), limits);
    Stores stores = await(link.start().map(tried -> new RedisStores(link)));
    opened.add(stores);
    return stores;
  }

  /** What another program would say to the server. */
  private static Future<Object> command(Request request) {
    io.vertx.redis.client.Redis client =
        io.vertx.redis.client.Redis.createClient(vertx, server.url());
    return client.send(request).map(Object.class::cast).eventually(client::close);
  }
}
