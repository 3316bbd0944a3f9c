package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;

/** {@link Bench#idle}. */
final class IdleRun {
  /** Waits for nothing. */
  private static final class Listening implements Script {
    private long messages;

    @Override
    public void opened(Client client) {}

    @Override
    public void message(Client client, ByteBuf bytes, int index, int length) {
      messages++;
    }

    long messages() {
      return messages;
    }
  }

  private final Load load;
  private final Progress progress;

  IdleRun(Load load, Progress progress) {
    this.load = load;
    this.progress = progress;
  }

  Report run() throws InterruptedException {
    ServerProcesses server = new ServerProcesses(load.pids());
    try (Swarm<Listening> swarm = new Swarm<>(load, loop -> new Listening())) {
      long memory = server.residentBytes();
      long cpu = server.cpu().nanos();
      swarm.open(progress);
      long cpuToOpen = server.cpu().nanos() - cpu;
      new Clock(progress)
          .sleepUntil(
              System.nanoTime() + load.duration().toNanos(),
              () -> "holding: " + swarm.stillOpen() + " open");
      Figures figures = new Figures("idle", load).opened(swarm);
      if (server.any()) {
        figures.memory(memory, server.residentBytes(), cpuToOpen, swarm.openedSoFar());
      }
      long messages =
          swarm.onEachLoop((loop, script) -> script.messages()).stream()
              .mapToLong(Long::longValue)
              .sum();
      return figures.put("messagesReceived", messages).dropped(swarm).report();
    }
  }
}
