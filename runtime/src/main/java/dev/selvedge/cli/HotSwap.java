package dev.selvedge.cli;

import dev.selvedge.cli.NodeStarter.RunningNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Deploys functions and, whenever one of them changes on disk, deploys it again. Looks every 300
 * ms, on a thread of its own; what is still being written is left alone until it rests.
 */
final class HotSwap implements NodeProcess.Work {
  private static final long PAUSE_MILLIS = 300;

  private final Console console;
  private final RunningNode node;
  private final List<Path> paths;

  /** By function: how it looked when it was deployed last, and when it was looked at last. */
  private final Map<Path, String> deployed = new HashMap<>();

  private final Map<Path, String> seen = new HashMap<>();
  private final Thread watcher = new Thread(this::watch, "selvedge-hot-swap");

  private HotSwap(Console console, RunningNode node, List<Path> paths) {
    this.console = console;
    this.node = node;
    this.paths = paths;
  }

  /** Deploys what is there, and begins to watch. */
  static HotSwap begin(Console console, RunningNode node, List<Path> paths) {
    HotSwap swap = new HotSwap(console, node, paths);
    for (Path path : paths) {
      swap.lookAt(path, true);
    }
    swap.watcher.setDaemon(true);
    swap.watcher.start();
    return swap;
  }

  private void watch() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(PAUSE_MILLIS);
        paths.forEach(path -> lookAt(path, false));
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookAt(Path path, boolean first) {
    try {
      List<Path> found = Deployables.in(path);
      if (first && found.isEmpty()) {
        console.err().println("nothing to deploy in " + path + " yet; watching it");
      }
      for (Path deployable : found) {
        String stamp = Deployables.stamp(deployable);
        boolean rests = stamp.equals(seen.put(deployable, stamp));
        if ((first || rests) && !stamp.equals(deployed.get(deployable))) {
          deployed.put(deployable, stamp);
          deploy(deployable);
        }
      }
    } catch (IOException unreadable) {
      console.err().println("cannot read " + path + ": " + unreadable.getMessage());
    }
  }

  /** One that fails is tried again when it changes. */
  private void deploy(Path deployable) throws IOException {
    Path jar = deployable;
    if (Files.isDirectory(deployable)) {
      jar = Files.createTempFile("selvedge-classes-", ".jar");
      Deployables.pack(deployable, jar);
    }
    try {
      node.deploy(jar);
      console.out().println("deployed " + deployable);
    } catch (Exception refused) {
      console.err().println("not deployed: " + deployable + ": " + Failures.text(refused));
    } finally {
      if (!jar.equals(deployable)) {
        Files.deleteIfExists(jar);
      }
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
