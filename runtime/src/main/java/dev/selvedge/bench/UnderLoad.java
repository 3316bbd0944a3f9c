package dev.selvedge.bench;

import java.util.function.LongSupplier;

/** Waits through a run and measures the server over the run's window. */
final class UnderLoad {
  private static final long PAUSE = 10_000_000L;

  private final Load load;
  private final ServerProcesses server;
  private final Clock clock;
  private long lastReceived;
  private long lastShown;
  private double seconds;
  private ServerProcesses.Cpu used = ServerProcesses.Cpu.NONE;

  UnderLoad(Load load, ServerProcesses server, Progress progress) {
    this.load = load;
    this.server = server;
    this.clock = new Clock(progress);
  }

  /**
   * Returns when the window is over and all that was sent has been answered, or was not within the
   * load's grace.
   *
   * @param received messages so far
   * @param waiting messages without an answer so far
   */
  void await(Window window, LongSupplier received, LongSupplier waiting)
      throws InterruptedException {
    lastShown = System.nanoTime();
    clock.sleepUntil(window.from(), () -> "warming up: " + pace(received.getAsLong()));
    long begin = System.nanoTime();
    ServerProcesses.Cpu before = server.cpu();
    clock.sleepUntil(window.until(), () -> "measuring: " + pace(received.getAsLong()));
    used = server.cpu().minus(before);
    seconds = (System.nanoTime() - begin) / 1e9;
    long end = System.nanoTime() + load.grace().toNanos();
    while (waiting.getAsLong() > 0 && System.nanoTime() < end) {
      clock.sleepUntil(System.nanoTime() + PAUSE, () -> "waiting for " + waiting.getAsLong());
    }
  }

  private String pace(long received) {
    long now = System.nanoTime();
    double perSecond = (received - lastReceived) * 1e9 / (now - lastShown);
    lastReceived = received;
    lastShown = now;
    return String.format(java.util.Locale.ROOT, "%,.0f messages/s", perSecond);
  }

  /** What the server's processes used in {@link #seconds}: about the window. */
  ServerProcesses.Cpu used() {
    return used;
  }

  double seconds() {
    return seconds;
  }
}
