package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the README, from its first block to its last, as a newcomer pastes them: in a
 * tree of its own, with a home of its own. Only the port numbers are others, so that the test can
 * run beside a node.
 */
class ReadmeIT {
  private static final Pattern BLOCK =
      Pattern.compile("<!-- tested: (\\w+) -->\n```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern PORT = Pattern.compile("\\b(80[89]\\d|909\\d|570\\d)\\b");

  /** A block: what kind of commands it has, and the commands. */
  private record Block(String kind, String commands) {}

  @TempDir private Path tree;

  private final Ports ports = new Ports();
  private final Map<String, String> otherPorts = new HashMap<>();
  private final List<Process> running = new ArrayList<>();
  private final Deque<Path> logs = new ArrayDeque<>();
  private Shell terminal;

  @BeforeEach
  void copyWhatABuiltTreeHas() throws IOException {
    copy("selvedge");
    copy("pom.xml");
    copy("runtime/target/selvedge.jar");
    for (String sample : List.of("echo", "deli-counter", "chat")) {
      copy("functions/" + sample + "/target/" + sample + ".jar");
    }
    terminal =
        new Shell(
            tree,
            Map.of(
                "SELVEDGE_EDGE_PORT", other("8080"),
                "SELVEDGE_ADMIN_PORT", other("9090"),
                "SELVEDGE_CLUSTER_PORT", other("5701"),
                "SELVEDGE_NODE", "http://127.0.0.1:" + other("9090"),
                "SELVEDGE_DATA", tree.resolve("data").toString()));
  }

  private void copy(String file) throws IOException {
    Path to = tree.resolve(file);
    Files.createDirectories(to.getParent());
    Files.copy(TestNode.HOME.resolve(file), to);
  }

  private String other(String port) {
    return otherPorts.computeIfAbsent(port, any -> Integer.toString(ports.free()));
  }

  @AfterEach
  void endWhatRuns() throws Exception {
    for (Process process : running) {
      Shell.end(process);
    }
  }

  @Test
  void whatTheReadmeSaysWorksWhenPasted() throws Exception {
    List<Block> blocks = blocks();
    assertEquals("dev", blocks.get(0).kind());
    assertTrue(blocks.size() >= 8, "blocks: " + blocks.size());

    StringBuilder told = new StringBuilder();
    for (Block block : blocks) {
      switch (block.kind()) {
        case "dev" -> startAndAwait(block, "selvedge ready");
        case "background" -> startAndAwait(block, "event: open");
        case "node" -> {
          endDev();
          startAndAwait(block, "selvedge ready");
        }
        default -> told.append(terminal.run("bash", "-euc", block.commands()));
      }
    }

    String all = told.toString();
    assertTrue(all.contains("Hello, Ann!"), all);
    assertTrue(all.contains("Good day, Ann!"), all);
    assertEquals(2, all.split("\"?Hello, Ann!", -1).length - 1, all);
    assertTrue(running.stream().allMatch(Process::isAlive), "the three nodes run to the end");
  }

  private List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(TestNode.HOME.resolve("README.md")));
    while (matcher.find()) {
      String commands = PORT.matcher(matcher.group(2)).replaceAll(port -> other(port.group()));
      blocks.add(new Block(matcher.group(1), commands));
    }
    return blocks;
  }

  private void startAndAwait(Block block, String words) throws Exception {
    Path log = tree.resolve("terminal-" + logs.size() + ".log");
    logs.add(log);
    Process process = terminal.start(log, "bash", "-euc", block.commands());
    running.add(process);
    try {
      Eventually.until(
          block.commands() + "says " + words,
          () -> !process.isAlive() || Files.readString(log).contains(words));
    } finally {
      if (!Files.readString(log).contains(words)) {
        System.out.println(Files.readString(log));
      }
    }
    assertTrue(process.isAlive(), () -> block.commands() + " ended");
  }

  /** Ctrl-C in the first terminal; the client beside it goes with it. */
  private void endDev() throws Exception {
    if (logs.size() == 2) {
      List<Process> before = List.copyOf(running);
      running.clear();
      for (Process process : before) {
        Shell.end(process);
      }
    }
  }
}
