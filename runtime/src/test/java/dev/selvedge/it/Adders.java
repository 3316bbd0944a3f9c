package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.testing.Eventually;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Many {@link Adder}s. */
final class Adders {
  private final List<Adder> all;

  private Adders(List<Adder> all) {
    this.all = all;
  }

  private static Adders start(List<TestClient> clients, Vertx vertx, long pauseMillis) {
    return new Adders(
        clients.stream().map(client -> new Adder(client, vertx, pauseMillis).start()).toList());
  }

  /** On so many WebSockets at each of these nodes. */
  static Adders start(TestCluster cluster, List<TestNode> nodes, int each, long pauseMillis)
      throws Exception {
    List<TestClient> sockets = new ArrayList<>();
    for (TestNode node : nodes) {
      sockets.addAll(cluster.clients().sockets(node, "/ledger", each));
    }
    return start(sockets, cluster.vertx(), pauseMillis);
  }

  List<Adder> all() {
    return all;
  }

  /** Nothing was lost, doubled or reordered, and nobody was closed. */
  void assertRight() {
    List<String> wrong = all.stream().map(Adder::wrong).filter(text -> !text.isEmpty()).toList();
    assertEquals(
        List.of(), wrong.stream().limit(10).toList(), () -> wrong.size() + " clients are wrong");
  }

  /** Waits until everyone has got so many more replies. */
  void awaitProgress(int more) throws InterruptedException {
    long[] goals = all.stream().mapToLong(adder -> adder.replies() + more).toArray();
    Eventually.until(
        "everyone gets " + more + " more replies",
        () -> {
          assertRight();
          return LongStream.range(0, goals.length)
              .allMatch(i -> all.get((int) i).replies() >= goals[(int) i]);
        });
  }

  /** Waits until everyone is served by that version. */
  void awaitVersion(int version) throws InterruptedException {
    Eventually.until(
        "everyone is served by version " + version,
        () -> {
          assertRight();
          return all.stream().allMatch(adder -> adder.version() == version);
        });
  }

  /** Ends the traffic, waits for the last replies, and checks everything. */
  void finish() throws InterruptedException {
    all.forEach(Adder::finish);
    Eventually.until(
        "the last replies",
        () -> {
          assertRight();
          return all.stream().allMatch(Adder::isIdle);
        });
    assertRight();
  }
}
