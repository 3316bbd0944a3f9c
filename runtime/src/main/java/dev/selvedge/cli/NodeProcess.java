package dev.selvedge.cli;

import dev.selvedge.cli.NodeStarter.RunningNode;
import dev.selvedge.config.Config;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import sun.misc.Signal;

/**
 * A node in the foreground: starts it, says where it is, and stops it when the process is told to
 * end. A second signal, or one before the node is ready, ends the process at once.
 */
final class NodeProcess {
  private final Console console;
  private final Duration grace;
  private final CountDownLatch told = new CountDownLatch(1);
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicReference<String> signal = new AtomicReference<>("");

  NodeProcess(Console console, Duration grace) {
    this.console = console;
    this.grace = grace;
  }

  /** What a command does while its node runs. */
  interface Work extends AutoCloseable {
    @Override
    void close();
  }

  /** Begins the work of a command on a node that serves, before it says that it is ready. */
  interface Begin {
    Work on(RunningNode node) throws Exception;
  }

  /** Runs until a signal comes; gives the exit code. */
  int run(NodeStarter starter, Config config, Begin begin) throws Exception {
    Signal.handle(new Signal("TERM"), this::handle);
    Signal.handle(new Signal("INT"), this::handle);
    RunningNode node = starter.start(config);
    started.set(true);
    try (Work work = begin.on(node)) {
      node.ready();
      console.out().println(readyLine(node, config));
      console.out().flush();
      told.await();
    }
    console
        .err()
        .println("selvedge stopping on " + signal.get() + ", within " + grace.toSeconds() + " s");
    node.stop(grace);
    console.err().println("selvedge stopped");
    return ExitCode.OK;
  }

  private void handle(Signal received) {
    boolean first = signal.compareAndSet("", "SIG" + received.getName());
    if (first && started.get()) {
      told.countDown();
    } else {
      // A node that is only starting has nothing to hand over. As a shell reports a process that a
      // signal ended.
      Runtime.getRuntime().halt(128 + received.getNumber());
    }
  }

  private static String readyLine(RunningNode node, Config config) {
    String host = config.edge().host();
    String clients =
        node.clientPort() == 0 ? "" : " clients " + url("http", host, node.clientPort());
    String encrypted = node.tlsPort() == 0 ? "" : " " + url("https", host, node.tlsPort());
    return String.format(
        Locale.ROOT,
        "selvedge ready in %.1f s:%s admin %s node %s",
        sinceProcessStart().toMillis() / 1e3,
        clients + encrypted,
        url("http", config.node().adminHost(), node.adminPort()),
        node.id());
  }

  /** An address that can be clicked: one that listens everywhere is shown as localhost. */
  private static String url(String scheme, String host, int port) {
    boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
    String name = everywhere ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
    return scheme + "://" + name + ":" + port + "/";
  }

  private static Duration sinceProcessStart() {
    Instant now = Instant.now();
    return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
  }
}
