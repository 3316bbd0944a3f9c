package dev.selvedge.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands about where requests go: routes, listeners. */
final class RouteCommands {
  private RouteCommands() {}

  /** Such as {@code pool chat}. */
  private static String target(Fields route) {
    for (String kind : List.of("pool", "function", "deny")) {
      if (!route.text(kind).isEmpty()) {
        return kind + " " + route.text(kind);
      }
    }
    Fields redirect = Fields.of(route.members().get("redirect"));
    return redirect.members().isEmpty()
        ? "the node itself"
        : "redirect " + redirect.text("status") + " " + redirect.text("to");
  }

  private static String conditions(Fields route) {
    List<String> words = new ArrayList<>();
    route.list("methods").forEach(method -> words.add(String.valueOf(method)));
    Fields.of(route.members().get("headers"))
        .members()
        .forEach((name, value) -> words.add(name + "=" + value));
    return String.join(" ", words);
  }

  private static String described(Fields route) {
    return "%s %s leads to %s"
        .formatted(
            route.words("hosts").isEmpty() ? "any host" : route.words("hosts"),
            route.text("path"),
            target(route));
  }

  @Command(
      name = "routes",
      description = "List the routes in the order in which they are tried, or edit them.",
      mixinStandardHelpOptions = true)
  static final class Routes implements Runnable {
    @Mixin private final ClientOptions client;

    Routes(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      Fields answer = client.connect().get("/v1/routes");
      Table table = new Table("NAME", "HOST", "PATH", "IF", "TARGET", "SOURCE");
      for (Fields route : answer.records("items")) {
        table.row(
            route.text("name"),
            route.words("hosts"),
            route.text("path"),
            conditions(route),
            target(route),
            route.text("source"));
      }
      client.print(answer.list("items"), table);
    }
  }

  @Command(
      name = "add",
      description = "Add a route to a pool, a function, a refusal or a redirect.",
      mixinStandardHelpOptions = true)
  static final class Add implements Runnable {
    @Mixin private final ClientOptions client;

    @Option(names = "--name", paramLabel = "NAME", description = "Default: made of host and path")
    private @Nullable String name;

    @Option(
        names = "--host",
        paramLabel = "HOST",
        split = ",",
        description = "A host name, or *.example.org. Default: any")
    private List<String> hosts = List.of();

    @Option(names = "--path", paramLabel = "PREFIX", description = "Default: /")
    private String path = "/";

    @Option(names = "--method", paramLabel = "METHOD", split = ",", description = "Default: any")
    private List<String> methods = List.of();

    @Option(
        names = "--header",
        paramLabel = "NAME=VALUE",
        description = "A header that the request must have; without a value, any value")
    private Map<String, String> headers = Map.of();

    @Option(names = "--pool", paramLabel = "POOL", description = "Leads to that pool")
    private @Nullable String pool;

    @Option(names = "--function", paramLabel = "NAME", description = "Leads to that function")
    private @Nullable String function;

    @Option(names = "--deny", paramLabel = "STATUS", description = "Refuses with that status")
    private @Nullable Integer deny;

    @Option(
        names = "--redirect",
        paramLabel = "URL",
        description = "Redirects; {path} and {query} stand for the request's")
    private @Nullable String redirect;

    @Option(
        names = "--status",
        paramLabel = "STATUS",
        description = "Of the redirect. Default: 302")
    private int status = 302;

    @Option(
        names = "--rewrite",
        paramLabel = "PREFIX",
        description = "What the pool's members see in place of --path")
    private @Nullable String rewrite;

    @Option(
        names = "--origin",
        paramLabel = "ORIGIN",
        split = ",",
        description = "Allowed Origin headers. Default: the members decide")
    private List<String> origins = List.of();

    Add(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      Fields route = Fields.of(client.connect().post("/v1/routes", definition()));
      client.print(route, "added: route " + route.text("name") + ": " + described(route));
    }

    private Map<String, Object> definition() {
      Map<String, Object> route = new LinkedHashMap<>();
      Json.putIfGiven(route, "name", name);
      route.put("hosts", hosts);
      route.put("path", path);
      route.put("methods", methods);
      route.put("headers", headers);
      Json.putIfGiven(route, "pool", pool);
      Json.putIfGiven(route, "function", function);
      Json.putIfGiven(route, "deny", deny);
      if (redirect != null) {
        Map<String, Object> to = new LinkedHashMap<>();
        to.put("to", redirect);
        to.put("status", status);
        route.put("redirect", to);
      }
      Json.putIfGiven(route, "rewrite", rewrite);
      if (!origins.isEmpty()) {
        route.put("origins", origins);
      }
      return route;
    }
  }

  /** Removes a route or a listener. */
  @Command(name = "remove", mixinStandardHelpOptions = true)
  static final class Remove implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(paramLabel = "NAME", description = "As the list shows it")
    private String name = "";

    private final String kind;

    private Remove(Console console, String kind) {
      this.client = new ClientOptions(console);
      this.kind = kind;
    }

    static CommandLine route(Console console) {
      return new Remove(console, "route").command();
    }

    static CommandLine listener(Console console) {
      return new Remove(console, "listener").command();
    }

    private CommandLine command() {
      CommandLine command = new CommandLine(this);
      command.getCommandSpec().usageMessage().description("Remove a " + kind + ".");
      return command;
    }

    @Override
    public void run() {
      client.connect().delete("/v1/" + kind + "s/" + AdminClient.encode(name));
      client.done("removed", name, "removed: " + kind + " " + name);
    }
  }

  // ---- layer 4

  @Command(
      name = "listeners",
      description = "List the TCP listeners that lead to pools, or edit them.",
      mixinStandardHelpOptions = true)
  static final class Listeners implements Runnable {
    @Mixin private final ClientOptions client;

    Listeners(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      Fields answer = client.connect().get("/v1/listeners");
      Table table = new Table("NAME", "HOST", "PORT", "POOL", "SOURCE");
      for (Fields listener : answer.records("items")) {
        table.row(
            listener.text("name"),
            listener.text("host"),
            listener.text("port"),
            listener.text("pool"),
            listener.text("source"));
      }
      client.print(answer.list("items"), table);
    }
  }

  @Command(
      name = "add",
      description = "Add a TCP listener on all edges, or replace the one of that name.",
      mixinStandardHelpOptions = true)
  static final class AddListener implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(paramLabel = "NAME", description = "What it is called")
    private String name = "";

    @Option(names = "--port", paramLabel = "PORT", required = true, description = "To listen on")
    private int port;

    @Option(names = "--host", paramLabel = "HOST", description = "Default: 0.0.0.0")
    private String host = "0.0.0.0";

    @Option(
        names = "--pool",
        paramLabel = "POOL",
        required = true,
        description = "A pool of kind tcp")
    private String pool = "";

    @Option(
        names = "--proxy-protocol-from",
        paramLabel = "BLOCK",
        split = ",",
        description =
            "Connections begin with a PROXY header and come from these address blocks only")
    private List<String> proxies = new ArrayList<>();

    AddListener(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      Map<String, Object> definition = new LinkedHashMap<>();
      definition.put("host", host);
      definition.put("port", port);
      definition.put("pool", pool);
      if (!proxies.isEmpty()) {
        definition.put("proxy-protocol", true);
        definition.put("trusted-proxies", proxies);
      }
      Fields listener =
          Fields.of(client.connect().put("/v1/listeners/" + AdminClient.encode(name), definition));
      client.print(
          listener, "added: listener %s: port %d leads to pool %s".formatted(name, port, pool));
    }
  }
}
