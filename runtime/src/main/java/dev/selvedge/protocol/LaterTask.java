package dev.selvedge.protocol;

import dev.selvedge.edge.Wheel;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;

/** A task that waits on a lane's wheel; {@link #run} cancels it. Confined to the lane. */
final class LaterTask implements Wheel.Owner, Runnable {
  private final Wheel.Timer timer = new Wheel.Timer(this);
  private final Wheel wheel;
  private final ContextInternal context;
  private final Runnable task;

  private LaterTask(Wheel wheel, ContextInternal context, Runnable task) {
    this.wheel = wheel;
    this.context = context;
    this.task = task;
  }

  static LaterTask on(Wheel wheel, ContextInternal context, long millis, Runnable task) {
    LaterTask later = new LaterTask(wheel, context, task);
    wheel.arm(later.timer, Duration.ofMillis(Math.max(0, millis)));
    return later;
  }

  @Override
  public void onDeadline() {
    context.dispatch(task);
  }

  /** Nothing has to: what waits here belongs to sockets, which end with their listener. */
  @Override
  public void onShutdown() {}

  @Override
  public void run() {
    wheel.cancel(timer);
  }
}
