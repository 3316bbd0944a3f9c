package dev.selvedge.host;

import dev.selvedge.fabric.Lane;
import dev.selvedge.protocol.Dispatch;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeWebSocketConnection;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A client of SignalR with stateful reconnect, which counts as the official ones do. It looks at
 * what has come when the test waits for something.
 */
final class HubClient {
  private static final String RS = "\u001e";

  /** Events as {@code name[args]}, completions as {@code id=result} or {@code id!}; in order. */
  final List<String> received = new ArrayList<>();

  /** The numbers of the messages with which the server began anew. */
  final List<Long> sequences = new ArrayList<>();

  final String id;
  String error;
  private final String token;
  private final Map<Long, String> unacknowledged = new TreeMap<>();
  private FakeWebSocketConnection socket;
  private Lane lane;
  private int seen;
  private boolean waitsForSequence;
  private long sent;
  private long next = 1;
  private long latest;

  /** Negotiates and connects; the hub is the function of the bench. */
  HubClient(Dispatch node, Lane lane) {
    FakeExchange negotiation =
        new FakeExchange("POST", "/tested/negotiate")
            .asking("negotiateVersion", "1")
            .asking("useStatefulReconnect", "true");
    lane.run(() -> node.handle(negotiation));
    Workbench.await("negotiated", () -> negotiation.isAnswered());
    id = negotiation.json().getString("connectionId");
    token = negotiation.json().getString("connectionToken");
    connect(node, lane);
    say("{\"protocol\":\"json\",\"version\":2}");
    await("handshake", () -> seen > 0);
  }

  private FakeExchange request(Dispatch node, Lane by) {
    FakeWebSocketConnection opened = new FakeWebSocketConnection();
    FakeExchange exchange =
        new FakeExchange("GET", "/tested").asking("id", token).upgradingTo(opened);
    socket = opened;
    lane = by;
    seen = 0;
    by.run(() -> node.handle(exchange));
    return exchange;
  }

  private void connect(Dispatch node, Lane by) {
    FakeExchange exchange = request(node, by);
    Workbench.await("connected", () -> exchange.isAnswered());
    if (exchange.status != 101) {
      throw new AssertionError("status " + exchange.status);
    }
    Workbench.await("read", () -> socket.listener != null);
  }

  /** The status of an attempt to come back. */
  int tryAgain(Dispatch node, Lane by) {
    FakeExchange exchange = request(node, by);
    Workbench.await("answered", () -> exchange.isAnswered());
    return exchange.status;
  }

  /** Comes back with what may not have been received. */
  void comeBack(Dispatch node, Lane by) {
    look();
    waitsForSequence = true;
    connect(node, by);
    long first = unacknowledged.isEmpty() ? sent + 1 : unacknowledged.keySet().iterator().next();
    StringBuilder again = new StringBuilder("{\"type\":9,\"sequenceId\":" + first + "}");
    unacknowledged.values().forEach(message -> again.append(RS).append(message));
    say(again.toString());
    await("sequence", () -> !waitsForSequence);
  }

  /** Whether the server has ended the WebSocket. */
  boolean isCutOff() {
    return socket.closed != null;
  }

  private void say(String text) {
    FakeWebSocketConnection to = socket;
    lane.run(() -> to.receiveText(text + RS));
  }

  void send(String target, Object... args) {
    counted(call(target, args));
  }

  void invoke(String invocation, String target, Object... args) {
    counted(call(target, args).put("invocationId", invocation));
  }

  void stream(String invocation, String target, Object... args) {
    counted(call(target, args).put("invocationId", invocation).put("type", 4));
  }

  private static JsonObject call(String target, Object... args) {
    return new JsonObject()
        .put("type", 1)
        .put("target", target)
        .put("arguments", new JsonArray(List.of(args)));
  }

  private void counted(JsonObject message) {
    unacknowledged.put(++sent, message.encode());
    say(message.encode());
  }

  /** Acknowledges what has come. */
  void acknowledge() {
    look();
    say("{\"type\":8,\"sequenceId\":" + latest + "}");
  }

  void await(String what, BooleanSupplier condition) {
    Workbench.await(
        what,
        () -> {
          look();
          return condition.getAsBoolean();
        });
  }

  /** Takes what has come. */
  void look() {
    List<String> all = List.of(socket.sent.toArray(new String[0]));
    for (; seen < all.size(); seen++) {
      for (String message : all.get(seen).split(RS)) {
        take(new JsonObject(message));
      }
    }
  }

  private void take(JsonObject message) {
    int type = message.getInteger("type", 0);
    if (waitsForSequence && type != 9) {
      return;
    }
    switch (type) {
      case 7 -> error = message.encode();
      case 8 -> {
        long number = message.getLong("sequenceId");
        unacknowledged.keySet().removeIf(each -> each <= number);
      }
      case 9 -> {
        waitsForSequence = false;
        long number = message.getLong("sequenceId");
        if (number > next) {
          throw new AssertionError("sequence " + number + " (expected: at most " + next + ")");
        }
        next = number;
        sequences.add(number);
      }
      case 1, 2, 3 -> {
        long number = next++;
        if (number > latest) {
          latest = number;
          received.add(words(type, message));
        }
      }
      default -> {}
    }
  }

  private static String words(int type, JsonObject message) {
    if (type == 1) {
      return message.getString("target") + message.getJsonArray("arguments").getList();
    }
    String id = message.getString("invocationId");
    if (type == 2) {
      return id + ":" + message.getValue("item");
    }
    return message.containsKey("error") ? id + "!" : id + "=" + message.getValue("result");
  }
}
