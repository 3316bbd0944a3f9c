package dev.selvedge.protocol;

import dev.selvedge.fabric.Lane;
import io.vertx.core.Vertx;

/** Time on a lane. Its tasks run on that lane. */
public interface LaneClock {
  /** Milliseconds from some fixed point, never going back. */
  long millis();

  /** Runs the task once, later; the result cancels it. */
  Runnable after(long millis, Runnable task);

  /** Runs the task when what the lane is doing now is done. */
  void soon(Runnable task);

  static LaneClock of(Lane lane) {
    Vertx vertx = lane.context().owner();
    return new LaneClock() {
      @Override
      public long millis() {
        return System.nanoTime() / 1_000_000;
      }

      @Override
      public Runnable after(long millis, Runnable task) {
        long timer = vertx.setTimer(Math.max(1, millis), id -> lane.run(task));
        return () -> vertx.cancelTimer(timer);
      }

      @Override
      public void soon(Runnable task) {
        lane.context().runOnContext(ignored -> task.run());
      }
    };
  }
}
