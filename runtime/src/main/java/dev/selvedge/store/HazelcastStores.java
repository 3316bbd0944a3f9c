package dev.selvedge.store;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.selvedge.function.Store;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;

/** The stores in the cluster's memory, with a journal of all of them on this node's disk. */
final class HazelcastStores implements Stores {
  private final Vertx vertx;
  private final HazelcastInstance cluster;
  private final IMap<String, byte[]> map;
  private final MapJournal journal;

  private HazelcastStores(
      Vertx vertx, HazelcastInstance cluster, IMap<String, byte[]> map, MapJournal journal) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.map = map;
    this.journal = journal;
  }

  /** Completes when what this node's disk remembers is in the cluster. */
  static Future<Stores> start(Vertx vertx, HazelcastInstance cluster, Path directory) {
    Context caller = vertx.getOrCreateContext();
    return vertx
        .executeBlocking(() -> cluster.<String, byte[]>getMap(StoreNames.CLUSTER_MAP))
        .compose(
            map ->
                Future.fromCompletionStage(MapJournal.start(cluster, map, directory), caller)
                    .map(journal -> new HazelcastStores(vertx, cluster, map, journal)));
  }

  @Override
  public Store open(String name) {
    return new JsonStore(new HazelcastStore(vertx, map, StoreNames.checked(name)));
  }

  @Override
  public Health health() {
    if (!cluster.getLifecycleService().isRunning()) {
      return new Health(false, "this node has left the cluster");
    }
    return journal.trouble().map(reason -> new Health(false, reason)).orElse(Health.OK);
  }

  @Override
  public Future<Void> close() {
    return Future.fromCompletionStage(journal.close(), vertx.getOrCreateContext());
  }
}
