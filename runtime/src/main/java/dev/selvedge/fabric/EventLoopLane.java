package dev.selvedge.fabric;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;

/** A lane: one event loop of Vert.x and a context of ours on it. */
final class EventLoopLane implements Lane {
  /** Where envelopes for other nodes go. */
  @FunctionalInterface
  interface Remote {
    /** No other nodes. */
    Remote NONE = (lane, to, envelope) -> false;

    boolean send(EventLoopLane lane, NodeId to, Envelope envelope);
  }

  private final int index;
  private final ContextInternal context;
  private final EventLoop eventLoop;
  private final NodeId self;
  private final Kinds kinds;
  private final Remote remote;

  private EventLoopLane(
      int index, ContextInternal context, NodeId self, Kinds kinds, Remote remote) {
    this.index = index;
    this.context = context;
    this.eventLoop = context.nettyEventLoop();
    this.self = self;
    this.kinds = kinds;
    this.remote = remote;
  }

  /** One lane for each event loop of {@code vertx}. */
  static List<EventLoopLane> all(Vertx vertx, NodeId self, Kinds kinds, Remote remote) {
    VertxInternal internal = (VertxInternal) vertx;
    List<EventLoopLane> lanes = new ArrayList<>();
    for (EventExecutor loop : internal.nettyEventLoopGroup()) {
      ContextInternal context = internal.contextBuilder().withEventLoop((EventLoop) loop).build();
      lanes.add(new EventLoopLane(lanes.size(), context, self, kinds, remote));
    }
    return List.copyOf(lanes);
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public boolean isCurrent() {
    return eventLoop.inEventLoop();
  }

  @Override
  public void run(Runnable task) {
    if (isCurrent()) {
      task.run();
    } else {
      later(task);
    }
  }

  /** Runs the task in a later tick of this lane, in order of calls. */
  void later(Runnable task) {
    context.runOnContext(ignored -> task.run());
  }

  @Override
  public boolean send(NodeId to, Envelope envelope) {
    if (!to.equals(self)) {
      return remote.send(this, to, envelope);
    }
    kinds.deliver(this, self, envelope);
    return true;
  }

  @Override
  public String toString() {
    return "lane " + index;
  }
}
