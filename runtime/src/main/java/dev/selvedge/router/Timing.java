package dev.selvedge.router;

import java.util.random.RandomGenerator;

/** Time, timers and chance: those of Vert.x, or those of a test. Any thread. */
interface Timing {
  /** For measuring time; has no relation to the calendar. */
  long nanos();

  /** The calendar's time. */
  long epochMillis();

  /** Calls the task once, on some thread, never before this method has returned. */
  Timer after(long nanos, Runnable task);

  RandomGenerator random();

  /** Something that will happen. */
  interface Timer {
    /** It happens no more; without effect if it has. */
    void cancel();
  }
}
