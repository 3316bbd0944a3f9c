package dev.selvedge.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.config.Config;
import dev.selvedge.config.ConfigLoader;
import dev.selvedge.config.Credentials;
import dev.selvedge.config.NodeConfig;
import dev.selvedge.fabric.Registers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterCredentialsTest {
  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final MapRegisters registers = new MapRegisters();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(60, TimeUnit.SECONDS);
  }

  private NodeConfig node(String name, Map<String, String> flags) {
    Map<String, String> all = new HashMap<>(flags);
    all.put("node.data", name);
    Config config =
        new ConfigLoader(ConfigLoader.Mode.START, directory, directory, Map.of())
            .load(Optional.empty(), all);
    return config.node();
  }

  private Credentials join(NodeConfig node) throws Exception {
    return new ClusterCredentials(vertx, registers, node)
        .adopt(Credentials.open(node))
        .await(60, TimeUnit.SECONDS);
  }

  @Test
  void aNodeThatJoinsTakesOverTheFirstNodesCredentials() throws Exception {
    Credentials first = join(node("a", Map.of()));
    NodeConfig second = node("b", Map.of());

    assertEquals(first, join(second));
    assertEquals(first, Credentials.open(second), "on disk too");
  }

  @Test
  void whatANodeWasGivenItKeeps() throws Exception {
    Credentials first = join(node("a", Map.of()));

    Credentials second = join(node("b", Map.of("admin.token", "given")));

    assertEquals(new Credentials("given", first.secret()), second);
  }

  @Test
  void aNodeThatAcceptsTheClustersSecretBringsTheNextOne() throws Exception {
    Credentials first = join(node("a", Map.of("cluster.secret", "old")));

    join(node("b", Map.of("cluster.secret", "old", "cluster.accepted-secret", "new")));
    assertEquals(first.secret(), join(node("c", Map.of())).secret());
    join(node("b", Map.of("cluster.secret", "new", "cluster.accepted-secret", "old")));
    assertEquals("new", join(node("c", Map.of())).secret());
    assertEquals(
        "old",
        join(node("a", Map.of("cluster.secret", "old", "cluster.accepted-secret", "new")))
            .secret());
    assertEquals("old", join(node("d", Map.of())).secret());
  }

  @Test
  void aNodeWithAnotherSecretChangesNothingForOthers() throws Exception {
    Credentials first = join(node("a", Map.of()));

    assertEquals("other", join(node("b", Map.of("cluster.secret", "other"))).secret());

    assertEquals(first.secret(), join(node("c", Map.of())).secret());
  }

  private static final class MapRegisters implements Registers {
    private final Map<String, Entry> entries = new HashMap<>();

    @Override
    public Future<Optional<Entry>> get(String key) {
      return Future.succeededFuture(Optional.ofNullable(entries.get(key)));
    }

    @Override
    public Future<Map<String, Entry>> entries() {
      return Future.succeededFuture(Map.copyOf(entries));
    }

    @Override
    public Future<Boolean> compareAndSet(String key, long expected, JsonObject document) {
      long present = entries.containsKey(key) ? entries.get(key).revision() : 0;
      if (present == expected) {
        entries.put(key, new Entry(expected + 1, document));
      }
      return Future.succeededFuture(present == expected);
    }

    @Override
    public Future<Entry> offer(String key, Entry entry) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void onChange(BiConsumer<String, Entry> listener) {}
  }
}
