package dev.selvedge.host;

import dev.selvedge.fabric.Addresses;
import dev.selvedge.function.Call;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.session.Clients;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.Queries;
import dev.selvedge.session.SessionId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The public event-bus contract: any Vert.x program that joins the cluster can call functions and
 * reach clients. {@code docs/event-bus.md} is its text.
 *
 * <p>Each node registers the same few addresses; the bus takes one of them in turn. A request gets
 * its answer, or fails with a {@code ReplyException}: failure code 404 for what is not there, 400
 * for a request that makes no sense, 500 for the rest; its message is {@code <code>: <text>}.
 */
public final class PublicBus {
  private final Vertx vertx;
  private final Clients clients;
  private final Queries queries;
  private final FunctionCalls calls;
  private final Map<String, MessageConsumer<Object>> callable = new ConcurrentHashMap<>();

  public PublicBus(Vertx vertx, Clients clients, Queries queries, FunctionCalls calls) {
    this.vertx = vertx;
    this.clients = clients;
    this.queries = queries;
    this.calls = calls;
  }

  /** Registers the addresses; completes when other nodes can use them. */
  public Future<Void> open() {
    return Future.all(
            List.of(
                serve(Addresses.SEND, this::send),
                serve(Addresses.CLOSE, this::close),
                serve(Addresses.PUBLISH, this::publish),
                serve(Addresses.JOIN, this::join),
                serve(Addresses.LEAVE, this::leave),
                serve(Addresses.MEMBERS, this::members)))
        .mapEmpty();
  }

  /** This node hosts the function from now on: calls may come here. */
  public void openCalls(String function) {
    callable.computeIfAbsent(
        function,
        name -> vertx.eventBus().consumer(Addresses.call(name), call -> call(name, call)));
  }

  /** This node does not host the function any more. */
  public void closeCalls(String function) {
    MessageConsumer<Object> consumer = callable.remove(function);
    if (consumer != null) {
      consumer.unregister();
    }
  }

  private void call(String function, Message<Object> message) {
    Map<String, String> headers = new HashMap<>();
    message.headers().forEach(each -> headers.put(each.getKey(), each.getValue()));
    answer(message, calls.call(function, new Call(message.body(), "bus", headers)));
  }

  private Future<Void> serve(String address, Function<JsonObject, Future<?>> service) {
    MessageConsumer<Object> consumer =
        vertx.eventBus().consumer(address, message -> answer(message, attempt(service, message)));
    return consumer.completion();
  }

  private static Future<?> attempt(
      Function<JsonObject, Future<?>> service, Message<Object> message) {
    if (!(message.body() instanceof JsonObject body)) {
      return Future.failedFuture(
          new FunctionException("bad-request", "the body is not a JsonObject"));
    }
    try {
      return service.apply(body);
    } catch (FunctionException told) {
      return Future.failedFuture(told);
    } catch (ClassCastException wrongType) {
      return Future.failedFuture(
          new FunctionException("bad-request", "a member of the body has the wrong type"));
    }
  }

  private static void answer(Message<Object> message, Future<?> result) {
    result.onComplete(
        done -> {
          if (message.replyAddress() == null) {
            return; // sent, not requested
          }
          if (done.succeeded()) {
            message.reply(done.result());
          } else {
            FunctionException told = FunctionCalls.told(done.cause());
            message.fail(status(told.code()), told.code() + ": " + told.text());
          }
        });
  }

  private static int status(String code) {
    return switch (code) {
      case "no-such-function", "no-such-session" -> 404;
      case "bad-request", "bad-argument", "bad-group" -> 400;
      default -> 500;
    };
  }

  private Future<?> send(JsonObject request) {
    Outbound message = Outbound.event(text(request, "event"), args(request));
    return withSession(request, id -> clients.send(clients.anyLane(), id, message));
  }

  private Future<?> close(JsonObject request) {
    int code = request.getInteger("code", CloseReason.NORMAL.code());
    CloseReason reason =
        new CloseReason(code, "", CloseReason.of(code).map(CloseReason::retry).orElse(false))
            .because(request.getString("text", "closed"));
    return withSession(request, id -> clients.close(clients.anyLane(), id, reason));
  }

  private Future<?> publish(JsonObject request) {
    List<String> except =
        request.getJsonArray("except", new JsonArray()).stream().map(String::valueOf).toList();
    return clients.publishAcknowledged(
        clients.anyLane(), text(request, "group"), text(request, "event"), args(request), except);
  }

  private Future<?> join(JsonObject request) {
    String group = text(request, "group");
    JsonObject meta = request.getJsonObject("meta");
    return withSession(request, id -> clients.join(clients.anyLane(), id, group, meta));
  }

  private Future<?> leave(JsonObject request) {
    String group = text(request, "group");
    return withSession(request, id -> clients.leave(clients.anyLane(), id, group));
  }

  private Future<?> members(JsonObject request) {
    return queries.members(text(request, "group")).map(PublicBus::list);
  }

  private static JsonArray list(List<Groups.Member> members) {
    JsonArray list = new JsonArray();
    members.forEach(
        member ->
            list.add(new JsonObject().put("session", member.session()).put("meta", member.meta())));
    return list;
  }

  private static Future<?> withSession(
      JsonObject request, Function<SessionId, Future<Void>> action) {
    String id = text(request, "session");
    return SessionId.parse(id)
        .map(action)
        .orElseGet(
            () ->
                Future.failedFuture(
                    new FunctionException("no-such-session", "no session has the id " + id)));
  }

  private static String text(JsonObject request, String member) {
    if (request.getValue(member) instanceof String value) {
      return value;
    }
    throw new FunctionException(
        "bad-request", member + ": " + request.getValue(member) + " (expected: a string)");
  }

  private static List<@Nullable Object> args(JsonObject request) {
    Object args = request.getValue("args", new JsonArray());
    if (args instanceof JsonArray array) {
      List<@Nullable Object> values = new ArrayList<>();
      array.forEach(value -> values.add(Values.checked(value)));
      return values;
    }
    throw new FunctionException("bad-request", "args: " + args + " (expected: a JSON array)");
  }
}
