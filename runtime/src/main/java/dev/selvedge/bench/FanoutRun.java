package dev.selvedge.bench;

import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/** {@link Bench#fanout}. */
final class FanoutRun {
  private static final long PAUSE = 10_000_000L;

  private final Load load;
  private final Bench.Fanout fanout;
  private final Progress progress;

  FanoutRun(Load load, Bench.Fanout fanout, Progress progress) {
    this.load = load;
    this.fanout = fanout;
    this.progress = progress;
  }

  Report run() throws InterruptedException {
    ServerProcesses server = new ServerProcesses(load.pids());
    String mark =
        "bench-" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + "-";
    try (Swarm<FanoutScript> swarm =
        new Swarm<>(load, loop -> new FanoutScript(fanout, load.dialect(), mark))) {
      swarm.open(progress);
      Figures figures = new Figures("fanout", load).opened(swarm);
      int joined = joined(swarm);
      figures.put("joined", joined);
      if (joined < swarm.openedSoFar()) {
        figures.complain(swarm.openedSoFar() - joined + " connections got no answer to their join");
      } else if (joined > 0) {
        publish(swarm, server, figures);
      }
      return figures.dropped(swarm).report();
    }
  }

  /** Waits until all that are open have joined, or some do not within the load's grace. */
  private int joined(Swarm<FanoutScript> swarm) throws InterruptedException {
    Clock clock = new Clock(progress);
    long end = System.nanoTime() + load.grace().toNanos();
    int joined = joinedSoFar(swarm);
    int before = joined;
    while (joined < swarm.stillOpen() && System.nanoTime() < end) {
      int soFar = joined;
      clock.sleepUntil(System.nanoTime() + PAUSE, () -> "joining: " + soFar);
      joined = joinedSoFar(swarm);
      if (joined > before) {
        before = joined;
        end = System.nanoTime() + load.grace().toNanos();
      }
    }
    return joined;
  }

  private static int joinedSoFar(Swarm<FanoutScript> swarm) {
    return swarm.onEachLoop((loop, script) -> script.joined()).stream()
        .mapToInt(Integer::intValue)
        .sum();
  }

  private void publish(Swarm<FanoutScript> swarm, ServerProcesses server, Figures figures)
      throws InterruptedException {
    Rounds rounds = new Rounds(swarm.stillOpen());
    Window window = Window.starting(System.nanoTime() + PAUSE, load);
    EventExecutor loop = swarm.loops().get(0);
    FanoutScript sender = swarm.scripts().get(0);
    Runnable next = () -> next(loop, sender, rounds, window);
    swarm.onEachLoop(
        (number, script) -> {
          script.begin(rounds, window, fanout.rate() > 0 ? () -> {} : next);
          return number;
        });
    Pacer pacer = fanout.rate() > 0 ? pacer(loop, sender, rounds, window) : null;
    loop.execute(pacer == null ? next : pacer);
    LongSupplier waiting =
        () -> rounds.waiting() + (pacer == null ? 0 : pacer.remaining() * rounds.members());
    UnderLoad underLoad = new UnderLoad(load, server, progress);
    List<Tally> tallies = swarm.onEachLoop((number, script) -> script.tally());
    underLoad.await(window, () -> tallies.stream().mapToLong(Tally::received).sum(), waiting);
    figures
        .put("message", fanout.message())
        .put("published", rounds.sent())
        .messages(swarm.sum(FanoutScript::tally), window, waiting.getAsLong())
        .server(server, underLoad);
  }

  private Pacer pacer(EventExecutor loop, FanoutScript sender, Rounds rounds, Window window) {
    return new Pacer(
        loop,
        1e9 / fanout.rate(),
        window.begin(),
        window.until(),
        due -> sender.publish(rounds, due));
  }

  /** The next message, when all have received the one before. */
  private static void next(EventExecutor loop, FanoutScript sender, Rounds rounds, Window window) {
    loop.execute(
        () -> {
          long now = System.nanoTime();
          if (now - window.until() < 0) {
            sender.publish(rounds, now);
          }
        });
  }
}
