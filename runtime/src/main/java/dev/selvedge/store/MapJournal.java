package dev.selvedge.store;

import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this node's {@link Journal} like the cluster's map, and gives back to the map what it lost.
 *
 * <p>Every node hears of every change and writes the newest copy of each key a few times a second:
 * a key that changes often costs one record each time, and what waits is never more than the map
 * itself. At its start a node offers the map everything that its journal holds, and for each key
 * the highest revision stands. It does so again when the map may have lost something: when more
 * nodes died at once than there are backups, or when two halves of a cluster have met again. Each
 * node holds the whole map on its disk: this is for the state of functions, not for bulk data.
 *
 * <p>Everything happens on one thread of its own, which may block.
 */
final class MapJournal {
  private static final System.Logger LOG = System.getLogger(MapJournal.class.getName());
  private static final long FLUSH_MILLIS = 250;
  private static final int OFFERS_AT_ONCE = 256;

  private final HazelcastInstance cluster;
  private final IMap<String, byte[]> map;
  private final Journal journal;
  private final ScheduledExecutorService thread;

  /** The newest copies that are not in the journal yet. */
  private final ConcurrentHashMap<String, byte[]> unwritten = new ConcurrentHashMap<>();

  private final List<Runnable> deafen = new ArrayList<>();
  private volatile @Nullable String trouble;

  private MapJournal(
      HazelcastInstance cluster,
      IMap<String, byte[]> map,
      Journal journal,
      ScheduledExecutorService thread) {
    this.cluster = cluster;
    this.map = map;
    this.journal = journal;
    this.thread = thread;
  }

  /** Opens the journal, gives the map what it holds, and from then on follows the map. */
  static CompletableFuture<MapJournal> start(
      HazelcastInstance cluster, IMap<String, byte[]> map, Path directory) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread one = new Thread(work, "selvedge-store-journal");
              one.setDaemon(true);
              return one;
            });
    return CompletableFuture.supplyAsync(() -> begin(cluster, map, directory, thread), thread)
        .whenComplete(
            (started, failure) -> {
              if (failure != null) {
                thread.shutdown();
              }
            });
  }

  private static MapJournal begin(
      HazelcastInstance cluster,
      IMap<String, byte[]> map,
      Path directory,
      ScheduledExecutorService thread) {
    MapJournal journal = new MapJournal(cluster, map, open(directory), thread);
    try {
      journal.listen();
      journal.reconcile();
      journal.flush();
      return journal;
    } catch (RuntimeException failure) {
      journal.finish();
      throw failure;
    }
  }

  /** What is wrong with the disk now, if anything. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Writes what is unwritten and lets go of the directory. */
  CompletableFuture<Void> close() {
    CompletableFuture<Void> closed = CompletableFuture.runAsync(this::finish, thread);
    thread.shutdown();
    return closed;
  }

  private void listen() {
    UUID entries = map.addEntryListener(new Ear(), true);
    UUID members =
        cluster
            .getCluster()
            .addMembershipListener(
                new MembershipAdapter() {
                  @Override
                  public void memberRemoved(MembershipEvent event) {
                    // What the dead member did not get to tell.
                    soon(MapJournal.this::noteAll);
                  }
                });
    UUID losses =
        cluster.getPartitionService().addPartitionLostListener(loss -> soon(this::reconcile));
    UUID meetings =
        cluster
            .getLifecycleService()
            .addLifecycleListener(
                event -> {
                  if (event.getState() == LifecycleState.MERGED) {
                    soon(this::reconcile);
                  }
                });
    thread.scheduleWithFixedDelay(this::flush, FLUSH_MILLIS, FLUSH_MILLIS, TimeUnit.MILLISECONDS);
    deafen.add(() -> map.removeEntryListener(entries));
    deafen.add(() -> cluster.getCluster().removeMembershipListener(members));
    deafen.add(() -> cluster.getPartitionService().removePartitionLostListener(losses));
    deafen.add(() -> cluster.getLifecycleService().removeLifecycleListener(meetings));
  }

  private void soon(Runnable work) {
    try {
      thread.execute(() -> guarded(work));
    } catch (RejectedExecutionException closing) {
      LOG.log(System.Logger.Level.DEBUG, "store journal closing");
    }
  }

  /** The map gets what only the journal has, and the journal what only the map has. */
  private void reconcile() {
    long now = System.currentTimeMillis();
    List<CompletableFuture<?>> offers = new ArrayList<>();
    for (String key : journal.keys()) {
      byte[] copy = read(key);
      if (copy != null && Copy.of(copy).isNeeded(now)) {
        offers.add(map.submitToKey(key, new MapChange.Offer(copy)).toCompletableFuture());
      }
      if (offers.size() == OFFERS_AT_ONCE) {
        await(offers);
      }
    }
    await(offers);
    noteAll();
  }

  private static void await(List<CompletableFuture<?>> offers) {
    CompletableFuture.allOf(offers.toArray(CompletableFuture[]::new)).join();
    offers.clear();
  }

  private void noteAll() {
    for (Map.Entry<String, byte[]> entry : map.entrySet()) {
      note(entry.getKey(), entry.getValue());
    }
  }

  private void note(String key, byte[] copy) {
    unwritten.merge(key, copy, MapJournal::newer);
  }

  private static byte[] newer(byte[] one, byte[] other) {
    return Copy.revisionOf(one) >= Copy.revisionOf(other) ? one : other;
  }

  private void flush() {
    guarded(
        () -> {
          if (write() > 0) {
            force();
          }
        });
  }

  /** A failure leaves what could not be written for the next time, and is shown until then. */
  private void guarded(Runnable work) {
    try {
      work.run();
      trouble = null;
    } catch (RuntimeException failure) {
      if (trouble == null) {
        LOG.log(System.Logger.Level.WARNING, "store journal failed", failure);
      }
      trouble = "store journal: " + failure.getMessage();
    }
  }

  private int write() {
    int written = 0;
    for (String key : List.copyOf(unwritten.keySet())) {
      byte[] copy = unwritten.get(key);
      if (copy != null) {
        written += append(key, copy) ? 1 : 0;
        unwritten.remove(key, copy);
      }
    }
    return written;
  }

  private void finish() {
    if (cluster.getLifecycleService().isRunning()) {
      guarded(() -> deafen.forEach(Runnable::run));
    }
    guarded(
        () -> {
          write();
          force();
        });
    try {
      journal.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Journal open(Path directory) {
    try {
      return Journal.open(directory);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private byte @Nullable [] read(String key) {
    try {
      return journal.read(key);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private boolean append(String key, byte[] copy) {
    try {
      return journal.append(key, copy);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void force() {
    try {
      journal.force();
      if (journal.wantsCompaction()) {
        journal.compact(System.currentTimeMillis());
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Hears of changes on Hazelcast's threads; what the map forgets by itself is no change. */
  private final class Ear
      implements EntryAddedListener<String, byte[]>, EntryUpdatedListener<String, byte[]> {
    @Override
    public void entryAdded(EntryEvent<String, byte[]> event) {
      note(event.getKey(), event.getValue());
    }

    @Override
    public void entryUpdated(EntryEvent<String, byte[]> event) {
      note(event.getKey(), event.getValue());
    }
  }
}
