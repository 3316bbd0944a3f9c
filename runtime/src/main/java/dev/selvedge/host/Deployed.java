package dev.selvedge.host;

import dev.selvedge.fabric.Lane;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The instances of one version of a function on this node. Any thread. */
final class Deployed {
  private final List<Instance> instances = new CopyOnWriteArrayList<>();
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile boolean closed;

  void add(Instance instance) {
    instances.add(instance);
  }

  void remove(Instance instance) {
    instances.remove(instance);
  }

  boolean isEmpty() {
    return instances.isEmpty();
  }

  /** No new sessions from here on. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /** The lane's own instance, or one of another lane if the lane has none. */
  Optional<Instance> instanceFor(Lane lane) {
    Instance[] all = instances.toArray(new Instance[0]);
    if (closed || all.length == 0) {
      return Optional.empty();
    }
    for (Instance instance : all) {
      if (instance.lane() == lane) {
        return Optional.of(instance);
      }
    }
    return Optional.of(all[lane.index() % all.length]);
  }

  /** Each in turn, for calls. */
  Optional<Instance> nextInstance() {
    Instance[] all = instances.toArray(new Instance[0]);
    return all.length == 0
        ? Optional.empty()
        : Optional.of(all[Math.floorMod(turn.getAndIncrement(), all.length)]);
  }

  void sessionAdmitted() {
    sessions.incrementAndGet();
  }

  void sessionForgotten() {
    sessions.decrementAndGet();
  }

  int sessions() {
    return sessions.get();
  }
}
