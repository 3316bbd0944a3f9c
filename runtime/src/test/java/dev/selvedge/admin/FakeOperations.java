package dev.selvedge.admin;

import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/** A small cluster that stands still: it says what it was asked to do. */
public final class FakeOperations implements Operations {
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");
  private static final String SHA = "ab".repeat(32);

  /** What was asked, in order, such as {@code send s1 hello [1]}. */
  public final List<String> asked = new CopyOnWriteArrayList<>();

  /** The contents of the jars that were deployed. */
  public final List<byte[]> deployed = new CopyOnWriteArrayList<>();

  public volatile List<String> notReady = List.of();

  /** Of the deploys and rollbacks that follow. */
  public volatile List<String> warnings = List.of();

  private final List<SessionInfo> sessions = new ArrayList<>();

  public FakeOperations() {
    sessions.add(session("aaaaaaaa-0-s1", "chat", "aaaaaaaa", List.of("lobby")));
    sessions.add(session("aaaaaaaa-0-s2", "echo", "aaaaaaaa", List.of()));
    sessions.add(session("bbbbbbbb-1-s3", "chat", "bbbbbbbb", List.of("lobby", "a/b ü")));
  }

  private static SessionInfo session(String id, String function, String node, List<String> groups) {
    return new SessionInfo(
        id, function, 2, "raw", "sse", node, node, groups, "10.1.2.3", null, THEN);
  }

  private static FunctionInfo chat(int version) {
    return new FunctionInfo(
        "chat",
        version,
        SHA,
        List.of("/chat"),
        List.of(new FunctionInfo.Version(version, SHA, THEN)),
        List.of(
            new FunctionInfo.Placement("aaaaaaaa", version, "ready", 4, 1, 0, null),
            new FunctionInfo.Placement("bbbbbbbb", version - 1, "starting", 4, 1, 7, "slow disk")));
  }

  private static <T> Future<T> notFound(String code, String what) {
    return Future.failedFuture(
        new OperationException(OperationException.Kind.NOT_FOUND, code, what));
  }

  private <T> Future<T> note(String what, T answer) {
    asked.add(what);
    return Future.succeededFuture(answer);
  }

  @Override
  public RouterOperations router() {
    return new FakeRouter(asked);
  }

  @Override
  public Future<List<NodeInfo>> nodes() {
    return Future.succeededFuture(
        List.of(
            new NodeInfo(
                "aaaaaaaa",
                List.of("edge", "host"),
                "127.0.0.1:5701",
                "1.0",
                "ready",
                "http://127.0.0.1:8080/",
                "http://127.0.0.1:9090/",
                2,
                true,
                true),
            new NodeInfo(
                "bbbbbbbb",
                List.of("host"),
                "127.0.0.1:5702",
                "1.0",
                "draining",
                "",
                "http://127.0.0.1:9091/",
                1,
                false,
                false)));
  }

  @Override
  public Future<Void> drain(String node) {
    return node.equals("aaaaaaaa")
        ? note("drain " + node, null)
        : notFound("no-such-node", "no node " + node);
  }

  @Override
  public Future<List<FunctionInfo>> functions() {
    return Future.succeededFuture(List.of(chat(2)));
  }

  @Override
  public Future<FunctionInfo> function(String name) {
    return name.equals("chat")
        ? Future.succeededFuture(chat(2))
        : notFound("no-such-function", "no function " + name);
  }

  @Override
  public Future<RolloutInfo> deploy(Path jar, Optional<String> name, Optional<String> route) {
    try {
      deployed.add(Files.readAllBytes(jar));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    if (name.filter("taken"::equals).isPresent()) {
      return Future.failedFuture(
          new OperationException(
              OperationException.Kind.CONFLICT, "route-taken", "/chat belongs to chat"));
    }
    return note(
        "deploy " + name.orElse("-") + " " + route.orElse("-"), new RolloutInfo(chat(3), warnings));
  }

  @Override
  public Future<Void> undeploy(String name) {
    return name.equals("chat")
        ? note("undeploy " + name, null)
        : notFound("no-such-function", "no function " + name);
  }

  @Override
  public Future<RolloutInfo> rollback(String name, OptionalInt to) {
    return note(
        "rollback " + name + " " + (to.isPresent() ? to.getAsInt() : "-"),
        new RolloutInfo(chat(4), warnings));
  }

  @Override
  public Future<Object> call(String name, Object body) {
    return switch (name) {
      case "echo" -> Future.succeededFuture(body);
      case "bytes" -> Future.succeededFuture(Buffer.buffer(new byte[] {0, (byte) 0xff}));
      case "refuses" ->
          Future.failedFuture(
              new FunctionException("sold-out", "no cheese", new JsonObject().put("left", 0)));
      case "breaks" -> Future.failedFuture(new IllegalStateException("secret inner detail"));
      default ->
          Future.failedFuture(new FunctionException("no-such-function", "no function " + name));
    };
  }

  @Override
  public Future<SessionPage> sessions(SessionQuery query) {
    List<SessionInfo> found = sessions.stream().filter(query::matches).toList();
    return Future.succeededFuture(
        SessionPage.merge(List.of(new SessionPage(found, false)), query.limit()));
  }

  private <T> Future<T> ofSession(
      String id, java.util.function.Function<SessionInfo, Future<T>> f) {
    return sessions.stream()
        .filter(session -> session.id().equals(id))
        .findFirst()
        .map(f)
        .orElseGet(() -> notFound("no-such-session", "no session " + id));
  }

  @Override
  public Future<SessionInfo> session(String id) {
    return ofSession(id, Future::succeededFuture);
  }

  @Override
  public Future<Void> closeSession(String id) {
    return ofSession(id, session -> note("close " + id, null));
  }

  @Override
  public Future<Void> send(String id, String event, List<Object> args) {
    return ofSession(id, session -> note("send " + id + " " + event + " " + args, null));
  }

  @Override
  public Future<List<GroupInfo>> groups() {
    return Future.succeededFuture(List.of(new GroupInfo("lobby", 2, 2)));
  }

  @Override
  public Future<List<MemberInfo>> members(String group) {
    return note(
        "members " + group,
        List.of(new MemberInfo("aaaaaaaa-0-s1", new JsonObject().put("name", "ann"))));
  }

  @Override
  public Future<Void> publish(
      String group, String event, List<Object> args, List<String> exceptSessions) {
    return note("publish " + group + " " + event + " " + args + " except " + exceptSessions, null);
  }

  @Override
  public Future<List<StallInfo>> stalls() {
    return Future.succeededFuture(
        List.of(new StallInfo("aaaaaaaa", "chat", 2, THEN, 2_100, "Chat.sleep(Chat.java:7)")));
  }

  @Override
  public Future<List<LeakInfo>> leaks() {
    return Future.succeededFuture(
        List.of(new LeakInfo("aaaaaaaa", "chat", 1, THEN, "a ThreadLocal")));
  }

  @Override
  public Readiness readiness() {
    return new Readiness(notReady, new JsonObject().put("phase", "ready"));
  }
}
