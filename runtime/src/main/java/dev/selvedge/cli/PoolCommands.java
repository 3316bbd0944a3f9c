package dev.selvedge.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that edit pools and their members: pool. */
final class PoolCommands {
  private PoolCommands() {}

  /** The command with its subcommands. */
  static CommandLine pool(Console console) {
    return new CommandLine(new Pool())
        .addSubcommand(new Set(console))
        .addSubcommand(new Add(console))
        .addSubcommand(new Remove(console))
        .addSubcommand(ChangeState.enable(console))
        .addSubcommand(ChangeState.disable(console))
        .addSubcommand(ChangeState.forceOffline(console))
        .addSubcommand(new Weight(console))
        .addSubcommand(new Limit(console))
        .addSubcommand(new Close(console));
  }

  private static String path(String pool) {
    return "/v1/pools/" + AdminClient.encode(pool);
  }

  @Command(
      name = "pool",
      description = "Edit a pool or its members; what is connected is never touched, but by close.",
      synopsisSubcommandLabel = "COMMAND",
      mixinStandardHelpOptions = true)
  static final class Pool {}

  /** A member of a pool, as commands name it. */
  static final class MemberOptions {
    @Mixin private final ClientOptions client;

    @Parameters(index = "0", paramLabel = "POOL", description = "The pool")
    private String pool = "";

    @Parameters(index = "1", paramLabel = "MEMBER", description = "Its host:port")
    private String member = "";

    MemberOptions(Console console) {
      client = new ClientOptions(console);
    }

    String path() {
      return PoolCommands.path(pool) + "/members/" + AdminClient.encode(member);
    }

    void change(Map<String, Object> changes, String words) {
      print(Fields.of(client.connect().post(path(), changes)), words);
    }

    void print(Fields answer, String words) {
      client.print(answer, words + ": " + member + " in pool " + pool);
    }
  }

  @Command(
      name = "set",
      description = "Define a pool, or replace its definition.",
      mixinStandardHelpOptions = true)
  static final class Set implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(index = "0", paramLabel = "POOL", description = "The pool")
    private String pool = "";

    @Parameters(
        index = "1",
        paramLabel = "JSON",
        description = "The keys of selvedge.yaml as a JSON object, or @FILE with them")
    private String definition = "";

    Set(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      Object value = Json.argument(definition.startsWith("@") ? file() : definition);
      if (!(value instanceof Map)) {
        throw CommandException.usage(definition + " (expected: a JSON object, or @FILE)");
      }
      Fields answer = Fields.of(client.connect().put(path(pool), value));
      int members = answer.list("members").size();
      client.print(
          answer,
          "set: pool %s with %d member%s".formatted(pool, members, members == 1 ? "" : "s"));
    }

    private String file() {
      String name = definition.substring(1);
      try {
        return Files.readString(client.console().resolve(name));
      } catch (IOException unreadable) {
        throw CommandException.usage(name + " cannot be read (expected: a file with JSON)");
      }
    }
  }

  @Command(name = "add", description = "Add a member to a pool.", mixinStandardHelpOptions = true)
  static final class Add implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(index = "0", paramLabel = "POOL", description = "The pool")
    private String pool = "";

    @Parameters(index = "1", paramLabel = "MEMBER", description = "Its host:port")
    private String member = "";

    @Option(names = "--weight", paramLabel = "N", description = "1..256. Default: 1")
    private @Nullable Integer weight;

    @Option(names = "--priority", paramLabel = "N", description = "Default: 0")
    private @Nullable Integer priority;

    @Option(names = "--state", paramLabel = "STATE", description = "Default: up")
    private @Nullable String state;

    @Mixin private final Limits limits = new Limits();

    Add(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      Map<String, Object> definition = new LinkedHashMap<>(limits.given());
      definition.put("address", member);
      Json.putIfGiven(definition, "weight", weight);
      Json.putIfGiven(definition, "priority", priority);
      Json.putIfGiven(definition, "state", state);
      Fields answer = Fields.of(client.connect().post(path(pool) + "/members", definition));
      client.print(answer, "added: " + member + " to pool " + pool);
    }
  }

  /** The limits of a member. */
  static final class Limits {
    @Option(
        names = "--tunnels",
        paramLabel = "N",
        description = "WebSockets, event streams and TCP connections at once; 0: no limit")
    private @Nullable Integer tunnels;

    @Option(names = "--requests", paramLabel = "N", description = "Requests at once; 0: no limit")
    private @Nullable Integer requests;

    @Option(
        names = "--new-per-second",
        paramLabel = "N",
        description = "New tunnels a second from each node; 0: no limit")
    private @Nullable Integer newPerSecond;

    Map<String, Object> given() {
      Map<String, Object> given = new LinkedHashMap<>();
      Json.putIfGiven(given, "max-tunnels", tunnels);
      Json.putIfGiven(given, "max-requests", requests);
      Json.putIfGiven(given, "max-new-per-second", newPerSecond);
      return given;
    }
  }

  @Command(
      name = "remove",
      description = {
        "Remove a member from a pool, or a whole pool.",
        "What is connected stays until it ends."
      },
      mixinStandardHelpOptions = true)
  static final class Remove implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(index = "0", paramLabel = "POOL", description = "The pool")
    private String pool = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "MEMBER",
        description = "Its host:port. Default: the whole pool")
    private @Nullable String member;

    Remove(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      if (member == null) {
        client.connect().delete(path(pool));
        client.done("removed", pool, "removed: pool " + pool);
      } else {
        client.connect().delete(path(pool) + "/members/" + AdminClient.encode(member));
        client.done("removed", member, "removed: " + member + " from pool " + pool);
      }
    }
  }

  /** Puts a member into one state. */
  @Command(mixinStandardHelpOptions = true)
  static final class ChangeState implements Runnable {
    @Mixin private final MemberOptions member;
    private final String state;
    private final String done;

    private ChangeState(Console console, String state, String done) {
      this.member = new MemberOptions(console);
      this.state = state;
      this.done = done;
    }

    static CommandLine enable(Console console) {
      return new ChangeState(console, "up", "enabled")
          .named("enable", "Let a member take everybody again.");
    }

    static CommandLine disable(Console console) {
      return new ChangeState(console, "disabled", "disabled")
          .named("disable", "Let a member take only clients that stick to it.");
    }

    static CommandLine forceOffline(Console console) {
      return new ChangeState(console, "forced-offline", "forced offline")
          .named("force-offline", "Let a member take nobody; what is connected stays.");
    }

    private CommandLine named(String name, String description) {
      CommandLine command = new CommandLine(this);
      command.getCommandSpec().name(name).usageMessage().description(description);
      return command;
    }

    @Override
    public void run() {
      member.change(Map.of("state", state), done);
    }
  }

  @Command(name = "weight", description = "Set a member's weight.", mixinStandardHelpOptions = true)
  static final class Weight implements Runnable {
    @Mixin private final MemberOptions member;

    @Parameters(index = "2", paramLabel = "WEIGHT", description = "1..256")
    private int weight;

    Weight(Console console) {
      member = new MemberOptions(console);
    }

    @Override
    public void run() {
      member.change(Map.of("weight", weight), "weight " + weight);
    }
  }

  @Command(
      name = "limit",
      description = "Set a member's limits; those that are not given stay.",
      mixinStandardHelpOptions = true)
  static final class Limit implements Runnable {
    @Mixin private final MemberOptions member;
    @Mixin private final Limits limits = new Limits();

    Limit(Console console) {
      member = new MemberOptions(console);
    }

    @Override
    public void run() {
      Map<String, Object> given = limits.given();
      if (given.isEmpty()) {
        throw CommandException.usage(
            "no limit (expected: --tunnels, --requests or --new-per-second)");
      }
      List<String> words =
          given.entrySet().stream().map(one -> one.getKey() + " " + one.getValue()).toList();
      member.change(given, String.join(", ", words));
    }
  }

  @Command(
      name = "close",
      description = "Close a member's tunnels on all nodes, spread over a time.",
      footer = "Disable the member or force it offline first, or they come back to it.",
      mixinStandardHelpOptions = true)
  static final class Close implements Runnable {
    @Mixin private final MemberOptions member;

    @Option(
        names = "--spread",
        paramLabel = "TIME",
        description = "Such as 5m; 0: at once. Default: as the pool says")
    private @Nullable String spread;

    Close(Console console) {
      member = new MemberOptions(console);
    }

    @Override
    public void run() {
      Map<String, Object> body = new LinkedHashMap<>();
      Json.putIfGiven(body, "spread", spread);
      Fields answer = Fields.of(member.client.connect().post(member.path() + "/close", body));
      member.print(answer, "closing " + answer.number("closing") + " tunnels");
    }
  }
}
