package dev.selvedge.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands about functions: deploy, functions, undeploy, rollback, call. */
final class FunctionCommands {
  private FunctionCommands() {}

  private static String path(String name) {
    return "/v1/functions/" + AdminClient.encode(name);
  }

  /** Such as {@code chat 3 serves /chat on 2 nodes}. */
  private static String served(Fields function) {
    int nodes = function.list("nodes").size();
    String routes = function.words("routes");
    return "%s %s serves%s on %d node%s"
        .formatted(
            function.text("name"),
            function.text("version"),
            routes.isEmpty() ? "" : " " + routes,
            nodes,
            nodes == 1 ? "" : "s");
  }

  @Command(
      name = "deploy",
      description = "Deploy a jar; returns when every node serves it.",
      mixinStandardHelpOptions = true)
  static final class Deploy implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(paramLabel = "JAR", description = "The function's jar")
    private String jar = "";

    @Option(names = "--name", paramLabel = "NAME", description = "Instead of the manifest's name")
    private @Nullable String name;

    @Option(
        names = "--route",
        paramLabel = "PATH",
        description = "Instead of the manifest's routes")
    private @Nullable String route;

    Deploy(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
      if (name != null) {
        query.add("name=" + AdminClient.encode(name));
      }
      if (route != null) {
        query.add("route=" + AdminClient.encode(route));
      }
      Fields function =
          client.connect().upload("/v1/functions" + query, client.console().resolve(jar));
      client.warn(function);
      client.print(function, "deployed: " + served(function));
    }
  }

  @Command(
      name = "functions",
      description = "List functions, or show one.",
      mixinStandardHelpOptions = true)
  static final class Functions implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(
        paramLabel = "NAME",
        arity = "0..1",
        description = "Show this one, with its versions and what each node makes of it")
    private @Nullable String name;

    Functions(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      if (name != null) {
        Fields function = client.connect().get(path(name));
        client.print(function, details(function));
        return;
      }
      Fields answer = client.connect().get("/v1/functions");
      Table table = new Table("NAME", "VERSION", "ROUTES", "READY", "SESSIONS", "ERRORS");
      for (Fields function : answer.records("items")) {
        table.row(
            function.text("name"),
            function.text("version"),
            function.words("routes"),
            ready(function) + "/" + function.list("nodes").size(),
            sum(function, "sessions"),
            sum(function, "errors"));
      }
      client.print(answer.list("items"), table);
    }

    private static long ready(Fields function) {
      return function.records("nodes").stream()
          .filter(node -> node.text("state").equals("ready"))
          .filter(node -> node.number("version") == function.number("version"))
          .count();
    }

    private static long sum(Fields function, String member) {
      return function.records("nodes").stream().mapToLong(node -> node.number(member)).sum();
    }

    private static String details(Fields function) {
      StringJoiner lines = new StringJoiner(System.lineSeparator());
      lines.add(served(function));
      for (Fields version : function.records("versions")) {
        lines.add(
            "version %s  deployed %s  sha256 %s"
                .formatted(
                    version.text("version"), version.text("deployedAt"), version.text("sha256")));
      }
      for (Fields node : function.records("nodes")) {
        String problem = node.text("problem");
        lines.add(
            "node %s  version %s  %s  instances %s  sessions %s  errors %s%s"
                .formatted(
                    node.text("node"),
                    node.text("version"),
                    node.text("state"),
                    node.text("instances"),
                    node.text("sessions"),
                    node.text("errors"),
                    problem.isEmpty() ? "" : "  " + problem));
      }
      return lines.toString();
    }
  }

  @Command(
      name = "undeploy",
      description = "Stop a function everywhere.",
      mixinStandardHelpOptions = true)
  static final class Undeploy implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(paramLabel = "NAME", description = "The function")
    private String name = "";

    Undeploy(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      client.connect().delete(path(name));
      client.done("undeployed", name, "undeployed: " + name);
    }
  }

  @Command(
      name = "rollback",
      description = "Serve an older version again, under its old number.",
      mixinStandardHelpOptions = true)
  static final class Rollback implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(paramLabel = "NAME", description = "The function")
    private String name = "";

    @Option(
        names = "--to",
        paramLabel = "VERSION",
        description = "That version. Default: the one before the present one")
    private @Nullable Integer to;

    Rollback(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      Map<String, Object> body = new HashMap<>();
      if (to != null) {
        body.put("to", to);
      }
      Fields function = Fields.of(client.connect().post(path(name) + "/rollback", body));
      client.warn(function);
      client.print(function, "rolled back: " + served(function));
    }
  }

  @Command(
      name = "call",
      description = "Call a function without a session; prints what it answers.",
      footer = "Put -- before a value that starts with a dash.",
      mixinStandardHelpOptions = true)
  static final class Call implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(index = "0", paramLabel = "NAME", description = "The function")
    private String name = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "JSON",
        description = "JSON, or a plain word, which is taken as a string. Default: null")
    private @Nullable String body;

    Call(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      Object value = body == null ? null : Json.argument(body);
      byte[] answer = client.connect().call(path(name) + "/call", value);
      client.console().out().writeBytes(answer);
      client.console().out().println();
    }
  }
}
