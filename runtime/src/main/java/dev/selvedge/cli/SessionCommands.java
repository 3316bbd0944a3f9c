package dev.selvedge.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands about sessions and groups: sessions, groups, send, publish. */
final class SessionCommands {
  private static final int PAGE = 500;

  private SessionCommands() {}

  private static String path(String session) {
    return "/v1/sessions/" + AdminClient.encode(session);
  }

  private static Map<String, Object> message(String event, List<String> words) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("event", event);
    message.put("args", words.stream().map(Json::argument).toList());
    return message;
  }

  @Command(
      name = "sessions",
      description = "List sessions, of all nodes.",
      mixinStandardHelpOptions = true)
  static final class Sessions implements Runnable {
    @Mixin private final ClientOptions client;

    @Option(names = "--function", paramLabel = "NAME", description = "Those of this function")
    private @Nullable String function;

    @Option(names = "--edge", paramLabel = "NODE", description = "Those on the edge of this node")
    private @Nullable String edge;

    @Option(names = "--group", paramLabel = "GROUP", description = "The members of this group")
    private @Nullable String group;

    @Option(names = "--protocol", paramLabel = "NAME", description = "raw, socketio or signalr")
    private @Nullable String protocol;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: 100")
    private int limit = 100;

    Sessions(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      AdminClient node = client.connect();
      List<Object> found = new ArrayList<>();
      String after = "";
      do {
        Fields page = node.get("/v1/sessions?" + query(after, limit - found.size()));
        found.addAll(page.list("items"));
        after = page.text("next");
      } while (!after.isEmpty() && found.size() < limit);
      client.print(found, table(found));
      if (!after.isEmpty()) {
        client.console().err().println("There are more: --limit shows them.");
      }
    }

    private String query(String after, int wanted) {
      StringBuilder query = new StringBuilder("limit=").append(Math.min(wanted, PAGE));
      add(query, "function", function);
      add(query, "node", edge);
      add(query, "group", group);
      add(query, "protocol", protocol);
      add(query, "after", after);
      return query.toString();
    }

    private static void add(StringBuilder query, String name, @Nullable String value) {
      if (value != null && !value.isEmpty()) {
        query.append('&').append(name).append('=').append(AdminClient.encode(value));
      }
    }

    private static Table table(List<Object> sessions) {
      Table table =
          new Table(
              "ID", "FUNCTION", "PROTOCOL", "TRANSPORT", "FROM", "SERVED BY", "GROUPS", "SINCE");
      for (Object item : sessions) {
        Fields session = Fields.of(item);
        table.row(
            session.text("id"),
            session.text("function") + "@" + session.text("version"),
            session.text("protocol"),
            session.text("transport"),
            session.text("remoteAddress"),
            session.text("host"),
            session.words("groups"),
            session.text("openedAt"));
      }
      return table;
    }
  }

  @Command(name = "close", description = "End a session.", mixinStandardHelpOptions = true)
  static final class Close implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(paramLabel = "SESSION", description = "The session's id")
    private String id = "";

    Close(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      client.connect().delete(path(id));
      client.done("closed", id, "closed: " + id);
    }
  }

  @Command(
      name = "groups",
      description = "List groups, or the members of one.",
      mixinStandardHelpOptions = true)
  static final class Groups implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(paramLabel = "GROUP", arity = "0..1", description = "List its members")
    private @Nullable String group;

    Groups(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      if (group == null) {
        Fields answer = client.connect().get("/v1/groups");
        Table table = new Table("GROUP", "MEMBERS", "NODES");
        for (Fields one : answer.records("items")) {
          table.row(one.text("name"), one.text("members"), one.text("nodes"));
        }
        client.print(answer.list("items"), table);
      } else {
        Fields answer =
            client.connect().get("/v1/groups/" + AdminClient.encode(group) + "/members");
        Table table = new Table("SESSION", "META");
        for (Fields member : answer.records("items")) {
          table.row(member.text("session"), Json.text(member.members().get("meta")));
        }
        client.print(answer.list("items"), table);
      }
    }
  }

  @Command(
      name = "send",
      description = "Send a message to a session's client.",
      footer = "Put -- before arguments that start with a dash.",
      mixinStandardHelpOptions = true)
  static final class Send implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(index = "0", paramLabel = "SESSION", description = "The session's id")
    private String id = "";

    @Parameters(index = "1", paramLabel = "EVENT", description = "The event's name")
    private String event = "";

    @Parameters(
        index = "2..*",
        paramLabel = "ARG",
        description = "JSON, or a plain word, which is taken as a string")
    private List<String> args = List.of();

    Send(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      client.connect().post(path(id) + "/messages", message(event, args));
      client.done("sent", event, "sent: " + event + " to " + id);
    }
  }

  @Command(
      name = "publish",
      description = "Send a message to every member of a group.",
      footer = "Put -- before arguments that start with a dash.",
      mixinStandardHelpOptions = true)
  static final class Publish implements Runnable {
    @Mixin private final ClientOptions client;

    @Parameters(index = "0", paramLabel = "GROUP", description = "The group")
    private String group = "";

    @Parameters(index = "1", paramLabel = "EVENT", description = "The event's name")
    private String event = "";

    @Parameters(
        index = "2..*",
        paramLabel = "ARG",
        description = "JSON, or a plain word, which is taken as a string")
    private List<String> args = List.of();

    @Option(names = "--except", paramLabel = "SESSION", description = "Pass over this session")
    private List<String> except = List.of();

    Publish(Console console) {
      client = new ClientOptions(console);
    }

    @Override
    public void run() {
      Map<String, Object> message = message(event, args);
      message.put("except", except);
      client.connect().post("/v1/groups/" + AdminClient.encode(group) + "/messages", message);
      client.done("published", event, "published: " + event + " to " + group);
    }
  }
}
