package dev.selvedge.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.selvedge.function.Store;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HazelcastStoreTest extends StoreContract {
  @TempDir static Path disks;
  private static Vertx vertx;
  private static Members members;
  private static Stores here;
  private static Stores there;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    members = new Members();
    here = await(Stores.hazelcast(vertx, members.join(), disks.resolve("here")));
    there = await(Stores.hazelcast(vertx, members.join(), disks.resolve("there")));
  }

  @AfterAll
  static void stop() {
    await(here.close());
    await(there.close());
    members.close();
    await(vertx.close());
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
  void lossOfANodeLosesNothingThatWasAcknowledged(@TempDir Path own) throws Exception {
    try (Members three = new Members()) {
      HazelcastInstance doomed = three.join();
      Stores dying = await(Stores.hazelcast(vertx, doomed, own.resolve("1")));
      Stores second = await(Stores.hazelcast(vertx, three.join(), own.resolve("2")));
      Stores third = await(Stores.hazelcast(vertx, three.join(), own.resolve("3")));
      for (int n = 0; n < 300; n++) {
        await(dying.open("loss").put("key-" + n, n));
      }

      three.crash(doomed);

      for (int n = 0; n < 300; n++) {
        assertEquals(Optional.of(n), await(second.open("loss").get("key-" + n)));
      }
      assertFalse(dying.health().ok());
      assertTrue(third.health().ok());
      assertEquals("store-unavailable", failure(dying.open("loss").get("key-1")).code());
      await(dying.close());
      await(second.close());
      await(third.close());
    }
  }

  @Test
  void aChangeThatIsSentAgainAfterTheDeathOfItsNodeHappensOnce() throws Exception {
    try (Members single = new Members()) {
      IMap<String, byte[]> map = single.join().getMap(StoreNames.CLUSTER_MAP);
      MapChange increment = new MapChange.Increment("n", 5, 1);
      MapChange first = new MapChange.CompareAndSet(null, Numbers.bytes(1), 2);
      MapChange remove = new MapChange.Remove(3);

      for (int sent = 0; sent < 2; sent++) {
        assertEquals(5, map.executeOnKey("n", increment));
        assertEquals(MapChange.DONE, map.executeOnKey("first", first));
      }
      assertEquals(MapChange.DONE, map.executeOnKey("n", remove));
      assertEquals(MapChange.DONE, map.executeOnKey("n", remove));
      assertEquals(MapChange.NOT_DONE, map.executeOnKey("n", new MapChange.Remove(4)));
    }
  }

  @Test
  void lossOfAllOtherNodesAtOnceIsMadeGoodFromTheDiskOfTheOneThatIsLeft(@TempDir Path own)
      throws Exception {
    try (Members three = new Members()) {
      HazelcastInstance first = three.join();
      HazelcastInstance second = three.join();
      HazelcastInstance third = three.join();
      Stores left = await(Stores.hazelcast(vertx, first, own.resolve("1")));
      for (int n = 0; n < 300; n++) {
        await(left.open("loss").put("key-" + n, n));
      }
      awaitJournal(own.resolve("1"), 300);

      three.crash(second, third);

      Awaited.until(
          "everything is back", () -> await(left.open("loss").keys("key-")).size() == 300);
      await(left.close());
    }
  }

  @Test
  void everythingIsBackAfterAllNodesWereStopped(@TempDir Path own) throws Exception {
    Path one = own.resolve("1");
    Path two = own.resolve("2");
    try (Members before = new Members()) {
      List<Stores> stores = startOn(before, one, two);
      Store store = stores.get(0).open("restart");
      await(store.put("value", "kept"));
      await(store.increment("count", 41));
      await(store.put("gone", 1));
      await(store.remove("gone"));
      stores.forEach(each -> await(each.close()));
    }

    try (Members after = new Members()) {
      List<Stores> stores = startOn(after, two, one);
      Store store = stores.get(1).open("restart");

      assertEquals(Optional.of("kept"), await(store.get("value")));
      assertEquals(42L, await(store.increment("count", 1)));
      assertEquals(Optional.empty(), await(store.get("gone")));
      assertEquals(List.of("count", "value"), await(store.keys("")).stream().sorted().toList());
      stores.forEach(each -> await(each.close()));
    }
  }

  @Test
  void whatWasWrittenASecondBeforeACrashOfAllNodesIsBack(@TempDir Path own) throws Exception {
    Path one = own.resolve("1");
    try (Members before = new Members()) {
      Store store = startOn(before, one).get(0).open("crash");
      await(store.put("value", "kept"));
      awaitJournal(one, 1);
    }
    // The first still has its directory: it does not know that it is dead.
    Path copy = Files.createDirectory(own.resolve("copy"));
    Files.copy(one.resolve("journal"), copy.resolve("journal"));

    try (Members after = new Members()) {
      Stores stores = startOn(after, copy).get(0);

      assertEquals(Optional.of("kept"), await(stores.open("crash").get("value")));
      await(stores.close());
    }
  }

  @Test
  void aNodeThatWasAwayBringsBackNeitherOldValuesNorRemovedOnes(@TempDir Path own)
      throws Exception {
    Path stays = own.resolve("stays");
    Path leaves = own.resolve("leaves");
    try (Members cluster = new Members()) {
      Stores staying = startOn(cluster, stays).get(0);
      HazelcastInstance leaver = cluster.join();
      Stores leaving = await(Stores.hazelcast(vertx, leaver, leaves));
      Store store = staying.open("away");
      await(store.put("changed", "old"));
      await(store.put("removed", "old"));
      await(store.put("expired", "old"));
      await(leaving.close());
      cluster.crash(leaver);
      await(store.put("changed", "new"));
      await(store.remove("removed"));
      await(store.put("expired", "brief", Duration.ofMillis(1)));

      Stores back = await(Stores.hazelcast(vertx, cluster.join(), leaves));

      assertEquals(Optional.of("new"), await(back.open("away").get("changed")));
      assertEquals(Optional.empty(), await(back.open("away").get("removed")));
      assertEquals(Optional.empty(), await(back.open("away").get("expired")));
      await(back.close());
      await(staying.close());
    }
  }

  @Test
  void aDirectoryInUseIsRefused() throws Exception {
    try (Members single = new Members()) {
      HazelcastInstance member = single.join();
      var refusal =
          assertThrows(
              RuntimeException.class,
              () -> await(Stores.hazelcast(vertx, member, disks.resolve("here"))));

      assertTrue(String.valueOf(refusal).contains("in use by another node"), refusal::toString);
    }
  }

  private static List<Stores> startOn(Members members, Path... disks) throws Exception {
    List<Stores> started = new ArrayList<>();
    for (Path disk : disks) {
      started.add(await(Stores.hazelcast(vertx, members.join(), disk)));
    }
    return started;
  }

  /** Waits until a journal that is in use holds so many keys. */
  private static void awaitJournal(Path directory, int keys) {
    Awaited.until("the journal is written", () -> keysIn(directory.resolve("journal")) >= keys);
  }

  private static int keysIn(Path file) {
    try {
      Path copy = Files.createTempFile("journal", "");
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      try (JournalFile journal = JournalFile.open(copy)) {
        return journal.keys().size();
      } finally {
        Files.delete(copy);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
