package dev.selvedge.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A router that stands still: one pool of two members, one route, one listener. */
final class FakeRouter implements RouterOperations {
  private final List<String> asked;

  FakeRouter(List<String> asked) {
    this.asked = asked;
  }

  private <T> Future<T> note(String what, T answer) {
    asked.add(what);
    return Future.succeededFuture(answer);
  }

  private static <T> Future<T> notFound(String code, String what) {
    return Future.failedFuture(
        new OperationException(OperationException.Kind.NOT_FOUND, code, what));
  }

  private static PoolInfo chat() {
    return new PoolInfo(
        "chat",
        new JsonObject().put("kind", "http"),
        "file",
        4,
        List.of(
            new PoolMemberInfo(
                "127.0.0.1:3001",
                Map.of("up", 2),
                "",
                2,
                Map.of("tunnels", 12L, "picks", 40L, "bytesIn", 2048L),
                1.25,
                2.5),
            new PoolMemberInfo(
                "127.0.0.1:3002",
                Map.of("up", 1, "down", 1),
                "connection refused",
                0.5,
                Map.of("tunnels", 3L),
                0,
                0)));
  }

  @Override
  public Future<List<RouteInfo>> routes() {
    JsonObject definition =
        new JsonObject()
            .put("name", "chat")
            .put("hosts", List.of("a.example"))
            .put("path", "/chat")
            .put("methods", List.of("GET"))
            .put("headers", Map.of("x-beta", "1"))
            .put("pool", "chat");
    return Future.succeededFuture(List.of(new RouteInfo(definition, "file")));
  }

  @Override
  public Future<JsonObject> addRoute(JsonObject route) {
    return note("add route " + route, new JsonObject().put("name", "new").mergeIn(route));
  }

  @Override
  public Future<JsonObject> putRoute(String name, JsonObject route) {
    return note("put route " + name + " " + route, route);
  }

  @Override
  public Future<Void> removeRoute(String name) {
    return name.equals("chat")
        ? note("remove route " + name, null)
        : notFound("no-such-route", "no route is called " + name);
  }

  @Override
  public Future<List<PoolInfo>> pools() {
    return Future.succeededFuture(List.of(chat()));
  }

  @Override
  public Future<PoolInfo> pool(String name) {
    return name.equals("chat")
        ? Future.succeededFuture(chat())
        : notFound("no-such-pool", "no pool is called " + name);
  }

  @Override
  public Future<PoolInfo> putPool(String name, JsonObject pool) {
    return note("put pool " + name + " " + pool, chat());
  }

  @Override
  public Future<Void> removePool(String name) {
    return note("remove pool " + name, null);
  }

  @Override
  public Future<PoolInfo> addMember(String pool, Object member) {
    return note("add member " + pool + " " + member, chat());
  }

  @Override
  public Future<PoolInfo> changeMember(String pool, String member, JsonObject changes) {
    return note("change member " + pool + " " + member + " " + changes, chat());
  }

  @Override
  public Future<PoolInfo> removeMember(String pool, String member) {
    return note("remove member " + pool + " " + member, chat());
  }

  @Override
  public Future<Integer> closeMember(String pool, String member, Optional<Duration> spread) {
    return note("close " + pool + " " + member + " " + spread, 7);
  }

  @Override
  public Future<List<JsonObject>> listeners() {
    return Future.succeededFuture(
        List.of(
            new JsonObject()
                .put("name", "mqtt")
                .put("host", "0.0.0.0")
                .put("port", 1883)
                .put("pool", "mqtt")
                .put("source", "run-time")));
  }

  @Override
  public Future<JsonObject> putListener(String name, JsonObject listener) {
    return note("put listener " + name + " " + listener, listener);
  }

  @Override
  public Future<Void> removeListener(String name) {
    return note("remove listener " + name, null);
  }
}
