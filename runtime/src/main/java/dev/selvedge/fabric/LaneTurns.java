package dev.selvedge.fabric;

import io.vertx.core.internal.ContextInternal;

/** The time and the turns of a real lane. */
record LaneTurns(EventLoopLane lane) implements LaneLinks.Turns {
  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void soon(Runnable task) {
    lane.later(task);
  }

  @Override
  public void after(int millis, Runnable task) {
    ((ContextInternal) lane.context()).setTimer(millis, ignored -> task.run());
  }
}
