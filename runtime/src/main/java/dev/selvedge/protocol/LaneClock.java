package dev.selvedge.protocol;

import dev.selvedge.edge.Wheel;
import dev.selvedge.fabric.Lane;
import io.vertx.core.internal.ContextInternal;

/** Time on a lane, for that lane's own use. Its tasks run on it. */
public interface LaneClock {
  /** One deadline, which can be set again and again. */
  interface Deadline {
    /** Sets it to so many milliseconds from now, wherever it was before. */
    void in(long millis);

    void cancel();
  }

  /** Milliseconds from some fixed point, never going back. */
  long millis();

  /** A deadline that is not set yet. */
  Deadline deadline(Runnable action);

  /** Runs the task once, later; the result cancels it. */
  Runnable after(long millis, Runnable task);

  /** Runs the task when what the lane is doing now is done. */
  void soon(Runnable task);

  /** Tasks on a wheel of the clock's own: one that waits is late by 100 ms at most. */
  static LaneClock of(Lane lane) {
    ContextInternal context = (ContextInternal) lane.context();
    Wheel wheel = new Wheel(context.nettyEventLoop());
    return new LaneClock() {
      @Override
      public long millis() {
        return System.nanoTime() / 1_000_000;
      }

      @Override
      public Deadline deadline(Runnable action) {
        return new LaterTask(wheel, context, action);
      }

      @Override
      public Runnable after(long millis, Runnable task) {
        LaterTask later = new LaterTask(wheel, context, task);
        later.in(millis);
        return later;
      }

      @Override
      public void soon(Runnable task) {
        context.runOnContext(ignored -> task.run());
      }
    };
  }
}
