package dev.selvedge.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code selvedge pools}: what the members of pools do, on all nodes together. */
@Command(
    name = "pools",
    description = "Show the members of all pools, or of one, with what they do on all nodes.",
    footer = {
      "STATE down 1/3 means: one of three nodes sees it down.",
      "HITS are clients that came back to their member, MISSES those that had to go elsewhere,",
      "LIMITED those that found it at a limit. QUEUED wait for this member, WAITING for any of the",
      "pool. CONNECT is the mean time to connect to it, HANDSHAKE from a WebSocket's request to",
      "its 101."
    },
    mixinStandardHelpOptions = true)
final class PoolsCommand implements Runnable {
  /** Clears a terminal and goes to its top left corner (ECMA-48 §8.3.39, §8.3.21). */
  private static final String CLEAR = "\033[2J\033[H";

  @Mixin private final ClientOptions client;

  @Parameters(paramLabel = "POOL", arity = "0..1", description = "Only this one")
  private @Nullable String pool;

  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = "2",
      paramLabel = "SECONDS",
      description = "Show it again and again, until Ctrl-C. Without a number: every 2 s")
  private @Nullable Integer watch;

  PoolsCommand(Console console) {
    client = new ClientOptions(console);
  }

  @Override
  public void run() {
    AdminClient node = client.connect();
    show(node);
    while (watch != null) {
      try {
        Thread.sleep(Math.max(1, watch) * 1_000L);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return;
      }
      client.console().out().print(CLEAR);
      show(node);
      client.console().out().flush();
    }
  }

  private void show(AdminClient node) {
    if (pool != null) {
      Fields one = node.get("/v1/pools/" + AdminClient.encode(pool));
      client.print(one, table(List.of(one)));
    } else {
      Fields answer = node.get("/v1/pools");
      client.print(answer.list("items"), table(answer.records("items")));
    }
  }

  private static Table table(List<Fields> pools) {
    Table table =
        new Table(
            "POOL",
            "MEMBER",
            "STATE",
            "WEIGHT",
            "TUNNELS",
            "REQUESTS",
            "QUEUED",
            "WAITING",
            "PICKS",
            "HITS",
            "MISSES",
            "LIMITED",
            "FAILED",
            "CONNECT",
            "HANDSHAKE",
            "IN",
            "OUT",
            "REASON");
    for (Fields pool : pools) {
      for (Fields member : pool.records("members")) {
        table.row(
            pool.text("name"),
            member.text("address"),
            member.text("state"),
            decimal(member, "weight", ""),
            member.text("tunnels"),
            member.text("requests"),
            member.text("queued"),
            pool.text("waiting"),
            member.text("picks"),
            member.text("stickyHits"),
            member.text("stickyMisses"),
            member.text("limitHits"),
            member.text("connectFailures"),
            decimal(member, "connectMillis", " ms"),
            decimal(member, "handshakeMillis", " ms"),
            bytes(member.number("bytesIn")),
            bytes(member.number("bytesOut")),
            member.text("reason"));
      }
    }
    return table;
  }

  private static String decimal(Fields member, String name, String unit) {
    Object value = member.members().get(name);
    double number = value instanceof Number known ? known.doubleValue() : 0;
    String text = String.format(Locale.ROOT, "%.1f", number);
    return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + unit;
  }

  private static String bytes(long count) {
    double amount = count;
    for (String unit : List.of("B", "KiB", "MiB", "GiB")) {
      if (amount < 1024) {
        return String.format(Locale.ROOT, unit.equals("B") ? "%.0f %s" : "%.1f %s", amount, unit);
      }
      amount /= 1024;
    }
    return String.format(Locale.ROOT, "%.1f TiB", amount);
  }
}
