package dev.selvedge.protocol.signalr;

import dev.selvedge.edge.Wheel;
import dev.selvedge.fabric.Lane;
import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;

/** Time on a lane, whose tasks run on that lane. */
interface Deadlines {
  /** One deadline, which can be set again and again. */
  interface Deadline {
    /** Sets it to so many milliseconds from now, wherever it was before. */
    void in(long millis);

    void cancel();
  }

  /** Milliseconds from some fixed point, never going back. */
  long millis();

  /** A deadline that is not set yet. */
  Deadline of(Runnable action);

  /** Runs the task when what the lane is doing now is done. */
  void soon(Runnable task);

  /** Deadlines on a wheel of the lane's own; late by 100 ms at most. */
  static Deadlines on(Lane lane) {
    ContextInternal context = (ContextInternal) lane.context();
    EventLoop loop = context.nettyEventLoop();
    Wheel wheel = new Wheel(loop);
    return new Deadlines() {
      @Override
      public long millis() {
        return System.nanoTime() / 1_000_000;
      }

      @Override
      public Deadline of(Runnable action) {
        Wheel.Timer timer = new Wheel.Timer(new Due(() -> context.dispatch(action)));
        return new Deadline() {
          @Override
          public void in(long millis) {
            wheel.arm(timer, Wheel.ticks(java.time.Duration.ofMillis(Math.max(0, millis))));
          }

          @Override
          public void cancel() {
            wheel.cancel(timer);
          }
        };
      }

      @Override
      public void soon(Runnable task) {
        context.runOnContext(ignored -> task.run());
      }
    };
  }

  /** The sockets end with their listener; nothing else of a connection has to. */
  record Due(Runnable action) implements Wheel.Owner {
    @Override
    public void onDeadline() {
      action.run();
    }

    @Override
    public void onShutdown() {}
  }
}
