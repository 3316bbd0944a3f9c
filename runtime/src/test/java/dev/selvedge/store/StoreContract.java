package dev.selvedge.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Store;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every kind of store promises; each kind has a test that extends this one. */
@Timeout(600)
abstract class StoreContract {
  /** Near enough to wait for. */
  private static final Duration SOON = Duration.ofMillis(1_500);

  private static final Duration LATER = Duration.ofHours(1);

  private Store store;

  /** The same store through another way in: another node of the cluster, if the kind has any. */
  private Store elsewhere;

  /** A store that no other test uses. */
  abstract Store open(String name);

  /** The same store as another node sees it. */
  Store openElsewhere(String name) {
    return open(name);
  }

  abstract Vertx vertx();

  @BeforeEach
  void openStore() {
    String name = "contract-" + java.util.UUID.randomUUID();
    store = open(name);
    elsewhere = openElsewhere(name);
  }

  @Test
  void whatIsPutIsReadByEveryone() {
    await(store.put("a", "one"));

    assertEquals(Optional.of("one"), await(store.get("a")));
    assertEquals(Optional.of("one"), await(elsewhere.get("a")));
    assertEquals(Optional.empty(), await(store.get("b")));
  }

  @Test
  void everyTypeOfValueComesBackAsItWas() {
    List<Object> values =
        List.of(
            true,
            7,
            -3_000_000_000L,
            2.5,
            "",
            "zwölf \u0000 \" \\ 💥",
            new JsonObject().put("a", 1).put("b", new JsonArray().add("c").addNull()),
            new JsonArray().add(1).add(new JsonObject()));

    for (Object value : values) {
      await(store.put("value", value));
      assertEquals(Optional.of(value), await(elsewhere.get("value")));
    }
  }

  @Test
  void whatIsReadIsACopy() {
    JsonObject mine = new JsonObject().put("n", 1);
    await(store.put("a", mine));

    mine.put("n", 2);
    JsonObject first = (JsonObject) await(store.get("a")).orElseThrow();
    first.put("n", 3);

    JsonObject second = (JsonObject) await(store.get("a")).orElseThrow();
    assertEquals(1, second.getInteger("n"));
    assertNotSame(first, second);
  }

  @Test
  void storesOfDifferentNamesDoNotMeet() {
    Store other = open("other-" + java.util.UUID.randomUUID());
    await(store.put("a", 1));

    assertEquals(Optional.empty(), await(other.get("a")));
    assertEquals(List.of(), await(other.keys("")));
  }

  @Test
  void putIfAbsentSetsOnlyTheFirst() {
    assertTrue(await(store.putIfAbsent("a", 1)));
    assertFalse(await(elsewhere.putIfAbsent("a", 2)));
    assertFalse(await(elsewhere.putIfAbsent("a", 2, LATER)));

    assertEquals(Optional.of(1), await(store.get("a")));
  }

  @Test
  void putIfAbsentSetsAgainAfterARemoval() {
    await(store.put("a", 1));
    await(store.remove("a"));

    assertTrue(await(elsewhere.putIfAbsent("a", 2)));
    assertEquals(Optional.of(2), await(store.get("a")));
  }

  @Test
  void compareAndSetNeedsTheExpectedValue() {
    await(store.put("a", "old"));

    assertFalse(await(store.compareAndSet("a", "other", "new")));
    assertFalse(await(store.compareAndSet("a", null, "new")));
    assertTrue(await(elsewhere.compareAndSet("a", "old", "new")));
    assertEquals(Optional.of("new"), await(store.get("a")));
  }

  @Test
  void compareAndSetTakesNullForNoValue() {
    assertTrue(await(store.compareAndSet("a", null, null)));
    assertFalse(await(store.compareAndSet("a", "x", "y")));
    assertTrue(await(store.compareAndSet("a", null, "first")));
    assertTrue(await(store.compareAndSet("a", "first", null)));

    assertEquals(Optional.empty(), await(store.get("a")));
    assertTrue(await(store.compareAndSet("a", null, "again")));
  }

  @Test
  void compareAndSetIgnoresTheOrderOfMembers() {
    JsonObject inner = new JsonObject().put("x", 1).put("y", 2);
    JsonObject turned = new JsonObject().put("y", 2).put("x", 1);
    await(store.put("a", new JsonObject().put("p", inner).put("q", 2L)));

    assertTrue(
        await(store.compareAndSet("a", new JsonObject().put("q", 2).put("p", turned), "done")));
  }

  @Test
  void ofManyCompareAndSetsOnlyOneWins() {
    await(store.put("a", 0));

    List<Boolean> wins =
        race(50, n -> (n % 2 == 0 ? store : elsewhere).compareAndSet("a", 0, n + 1));

    assertEquals(1, wins.stream().filter(won -> won).count());
  }

  @Test
  void ofManyPutIfAbsentsOnlyOneWins() {
    List<Boolean> wins = race(50, n -> (n % 2 == 0 ? store : elsewhere).putIfAbsent("a", n));

    assertEquals(1, wins.stream().filter(won -> won).count());
  }

  @Test
  void appendingByCompareAndSetLosesNothing() {
    await(store.put("list", new JsonArray()));

    race(20, n -> append(n % 2 == 0 ? store : elsewhere, n));

    JsonArray list = (JsonArray) await(store.get("list")).orElseThrow();
    assertEquals(20, new HashSet<>(list.getList()).size());
  }

  @Test
  void incrementsAddUpAndEachGetsItsOwnNumber() {
    List<Long> sums = race(200, n -> (n % 2 == 0 ? store : elsewhere).increment("n", 1));

    assertEquals(Set.copyOf(LongStream.rangeClosed(1, 200).boxed().toList()), Set.copyOf(sums));
    assertEquals(200L, await(store.increment("n", 0)));
    assertEquals(-55L, await(store.increment("n", -255)));
  }

  @Test
  void incrementWorksOnAPutNumberAndGivesANumber() {
    await(store.put("n", 41));

    assertEquals(42L, await(store.increment("n", 1)));
    assertEquals(Optional.of(42), await(store.get("n")));
    assertTrue(await(store.compareAndSet("n", 42L, 1)));
  }

  @Test
  void incrementFailsOnWhatIsNoWholeNumber() {
    for (Object value : List.of("5", 1.5, true, new JsonArray().add(1))) {
      await(store.put("n", value));

      assertEquals("not-a-number", failure(store.increment("n", 1)).code());
      assertEquals(Optional.of(value), await(store.get("n")));
    }
  }

  @Test
  void incrementFailsRatherThanOverflow() {
    await(store.put("n", Long.MAX_VALUE));

    assertEquals("out-of-range", failure(store.increment("n", 1)).code());
    assertEquals(Optional.of(Long.MAX_VALUE), await(store.get("n")));
  }

  @Test
  void removeTellsWhetherThereWasAValue() {
    await(store.put("a", 1));

    assertTrue(await(elsewhere.remove("a")));
    assertFalse(await(store.remove("a")));
    assertEquals(Optional.empty(), await(elsewhere.get("a")));
  }

  @Test
  void valuesWithATimeToLiveVanish() {
    await(store.put("stays", 1, LATER));
    whileAlive(
        life -> {
          await(store.remove("absent"));
          await(store.put("put", 1, life));
          await(store.putIfAbsent("absent", 1, life));
          return await(store.get("put")).equals(Optional.of(1))
              && await(elsewhere.get("absent")).equals(Optional.of(1));
        });

    awaitGone("put");
    awaitGone("absent");

    assertEquals(List.of("stays"), await(store.keys("")));
    assertTrue(await(store.putIfAbsent("put", 2)));
    assertTrue(await(store.compareAndSet("absent", null, 2)));
  }

  @Test
  void incrementKeepsTheTimeToLive() {
    whileAlive(
        life -> {
          await(store.put("n", 1, life));
          return await(store.increment("n", 1)) == 2;
        });

    awaitGone("n");

    assertEquals(1L, await(store.increment("n", 1)));
  }

  @Test
  void everyOtherWriteTakesTheTimeToLiveAway() {
    whileAlive(
        life -> {
          await(store.put("put", 1, life));
          await(store.put("set", 1, life));
          await(store.put("longer", 1, life));
          await(store.put("clock", 1, life));
          await(store.put("put", 2));
          await(store.put("longer", 2, LATER));
          return await(store.compareAndSet("set", 1, 2));
        });

    awaitGone("clock");

    assertEquals(Optional.of(2), await(store.get("put")));
    assertEquals(Optional.of(2), await(store.get("set")));
    assertEquals(Optional.of(2), await(store.get("longer")));
  }

  @Test
  void keysAreFoundByPrefixWhateverTheirCharacters() {
    List<String> keys = List.of("a*1", "a*2", "a?", "ab", "a[b]c", "a\\d", "b", "ä:1");
    keys.forEach(key -> await(store.put(key, 1)));

    assertEquals(Set.copyOf(keys), Set.copyOf(await(elsewhere.keys(""))));
    assertEquals(Set.of("a*1", "a*2"), Set.copyOf(await(store.keys("a*"))));
    assertEquals(List.of("a[b]c"), await(store.keys("a[b")));
    assertEquals(List.of("a\\d"), await(store.keys("a\\")));
    assertEquals(List.of("ä:1"), await(store.keys("ä:")));
  }

  @Test
  void manyKeysAreAllFound() {
    for (int batch = 0; batch < 1_500; batch += 500) {
      int first = batch;
      race(500, n -> store.put("key-" + (first + n), n));
    }

    assertEquals(1_500, Set.copyOf(await(elsewhere.keys("key-"))).size());
  }

  @Test
  void keysAndValuesMayBeAsLongAsPromised() {
    String key = "k".repeat(512);
    String value = "v".repeat(1024 * 1024 - 2);
    await(store.put(key, value));

    assertEquals(Optional.of(value), await(elsewhere.get(key)));
    assertEquals(List.of(key), await(store.keys("k")));
  }

  @Test
  void whatIsNotAllowedIsRefusedWithTheReason() {
    assertRefused(store.put("", 1), "1 to 512 characters");
    assertRefused(store.get(null), "1 to 512 characters");
    assertRefused(store.put("k".repeat(513), 1), "at most 512 characters");
    assertRefused(store.put("\uD800", 1), "valid Unicode");
    assertRefused(store.put("a", "\uD800"), "valid Unicode");
    assertRefused(store.put("a", null), "a Boolean, Number, String, JsonObject or JsonArray");
    assertRefused(store.put("a", List.of()), "a Boolean, Number, String, JsonObject or JsonArray");
    assertRefused(store.put("a", new JsonArray().add(new Object())), "JSON values");
    assertRefused(store.put("a", Double.NaN), "a finite number");
    assertRefused(store.put("a", "v".repeat(1024 * 1024 - 1)), "at most 1048576 bytes");
    assertRefused(store.put("a", 1, Duration.ZERO), "1 ms to");
    assertRefused(store.putIfAbsent("a", 1, Duration.ofDays(100_000)), "1 ms to");
    assertEquals(Optional.empty(), await(store.get("a")));
  }

  @Test
  void futuresCompleteOnTheCallersContext() {
    Context context = vertx().getOrCreateContext();
    CompletableFuture<List<Context>> seen = new CompletableFuture<>();

    context.runOnContext(
        go -> {
          List<Context> contexts = new ArrayList<>();
          store
              .put("n", 1)
              .onComplete(done -> contexts.add(Vertx.currentContext()))
              .compose(done -> store.increment("n", 1))
              .onComplete(done -> contexts.add(Vertx.currentContext()))
              .compose(done -> store.keys(""))
              .onComplete(done -> contexts.add(Vertx.currentContext()))
              .compose(done -> store.increment("text", 1))
              .onComplete(done -> seen.complete(contexts));
        });

    List<Context> contexts =
        assertInstanceOf(List.class, seen.orTimeout(60, TimeUnit.SECONDS).join());
    assertEquals(3, contexts.size());
    contexts.forEach(each -> assertSame(context, each));
  }

  private static Future<Boolean> append(Store to, long n) {
    return to.get("list")
        .compose(
            now -> {
              JsonArray list = (JsonArray) now.orElseThrow();
              return to.compareAndSet("list", list, list.copy().add(n));
            })
        .compose(won -> won ? Future.succeededFuture(true) : append(to, n));
  }

  /** Starts {@code count} operations at once and awaits them all. */
  private static <T> List<T> race(int count, LongFunction<Future<T>> operation) {
    List<Future<T>> running = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      running.add(operation.apply(n));
    }
    await(Future.all(running));
    return running.stream().map(Future::result).toList();
  }

  /**
   * Does what must be done while values with a time to live are there; again with a longer one if
   * the machine was too slow.
   */
  private static void whileAlive(Predicate<Duration> work) {
    Duration life = SOON;
    long start = System.nanoTime();
    while (!work.test(life)) {
      assertTrue(System.nanoTime() - start > life.toNanos(), "not true though in time");
      life = life.multipliedBy(4);
      start = System.nanoTime();
    }
  }

  private void awaitGone(String key) {
    Awaited.until(key + " is gone", () -> await(store.get(key)).isEmpty());
  }

  private static void assertRefused(Future<?> operation, String words) {
    FunctionException refusal = failure(operation);
    assertEquals("bad-argument", refusal.code());
    assertTrue(refusal.text().contains(words), refusal.text());
  }

  static FunctionException failure(Future<?> operation) {
    return Awaited.failure(operation);
  }

  static <T> T await(Future<T> operation) {
    return Awaited.value(operation);
  }
}
