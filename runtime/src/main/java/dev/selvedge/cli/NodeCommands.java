package dev.selvedge.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Commands about nodes: nodes, drain. */
final class NodeCommands {
  private NodeCommands() {}

  @Command(name = "nodes", description = "List the nodes.", mixinStandardHelpOptions = true)
  static final class Nodes implements Runnable {
    @Mixin private final ClientOptions client;

    Nodes(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      Fields answer = client.connect().get("/v1/nodes");
      Table table = new Table("ID", "PHASE", "ROLES", "CLIENTS", "ADMIN", "SESSIONS", "VERSION");
      for (Fields node : answer.records("items")) {
        table.row(
            node.text("id") + (node.truth("leader") ? " *" : ""),
            node.text("phase"),
            node.words("roles"),
            node.text("clientUrl"),
            node.text("adminUrl"),
            node.text("sessions"),
            node.text("version"));
      }
      client.print(answer.list("items"), table);
    }
  }

  @Command(
      name = "drain",
      description = "Make a node stop taking sessions and pass on those it has.",
      mixinStandardHelpOptions = true)
  static final class Drain implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(paramLabel = "NODE", description = "The node's id")
    private String node = "";

    Drain(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      client.connect().post("/v1/nodes/" + AdminClient.encode(node) + "/drain", null);
      client.done("draining", node, "draining: " + node);
    }
  }
}
