package dev.selvedge.protocol;

import dev.selvedge.edge.Wheel;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;

/** A task that waits on a lane's wheel; {@link #run} cancels it, too. Confined to the lane. */
final class LaterTask implements Wheel.Owner, LaneClock.Deadline, Runnable {
  private final Wheel.Timer timer = new Wheel.Timer(this);
  private final Wheel wheel;
  private final ContextInternal context;
  private final Runnable task;

  LaterTask(Wheel wheel, ContextInternal context, Runnable task) {
    this.wheel = wheel;
    this.context = context;
    this.task = task;
  }

  @Override
  public void in(long millis) {
    wheel.arm(timer, Duration.ofMillis(Math.max(0, millis)));
  }

  @Override
  public void cancel() {
    wheel.cancel(timer);
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
    cancel();
  }
}
