package dev.selvedge.bench;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@link Bench#echo}. */
final class EchoRun {
  /** Time for every loop to begin before the first message is due. */
  private static final long LEAD = 20_000_000L;

  private final Load load;
  private final Bench.Echo echo;
  private final Progress progress;

  EchoRun(Load load, Bench.Echo echo, Progress progress) {
    this.load = load;
    this.echo = echo;
    this.progress = progress;
  }

  Report run() throws InterruptedException {
    ServerProcesses server = new ServerProcesses(load.pids());
    try (Swarm<EchoScript> swarm =
        new Swarm<>(load, loop -> new EchoScript(echo, load.dialect()))) {
      swarm.open(progress);
      Figures figures = new Figures(load.dialect().word(), load).opened(swarm);
      if (swarm.stillOpen() > 0) {
        exchange(swarm, server, figures);
      }
      return figures.dropped(swarm).report();
    }
  }

  private void exchange(Swarm<EchoScript> swarm, ServerProcesses server, Figures figures)
      throws InterruptedException {
    Window window = Window.starting(System.nanoTime() + LEAD, load);
    List<Tally> tallies = swarm.onEachLoop((loop, script) -> script.tally());
    int open = swarm.stillOpen();
    swarm.onEachLoop(
        (loop, script) -> {
          script.begin(swarm.loops().get(loop), loop, open, window);
          return loop;
        });
    UnderLoad underLoad = new UnderLoad(load, server, progress);
    underLoad.await(
        window,
        () -> tallies.stream().mapToLong(Tally::received).sum(),
        () -> swarm.stillOpen() == 0 ? 0 : waiting(swarm));
    figures
        .put("size", echo.message().getBytes(StandardCharsets.UTF_8).length)
        .pace(echo)
        .messages(swarm.sum(EchoScript::tally), window, waiting(swarm))
        .longestWaits(swarm.onEachLoop((loop, script) -> script.longestWaits()))
        .server(server, underLoad);
  }

  private static long waiting(Swarm<EchoScript> swarm) {
    return swarm.onEachLoop((loop, script) -> script.waiting()).stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
