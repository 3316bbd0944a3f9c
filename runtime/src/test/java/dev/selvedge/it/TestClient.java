package dev.selvedge.it;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A client of the raw protocol, written from {@code docs/protocol.md}. It remembers whatever it
 * receives, in order; messages are in the JSON form, whatever the transport.
 */
abstract class TestClient {
  /** An error reply. */
  static final class ErrorReply extends Exception {
    private static final long serialVersionUID = 1L;

    ErrorReply(JsonObject error) {
      super(error.encode(), null, false, false);
    }
  }

  private final List<JsonObject> events = new ArrayList<>();
  private final List<JsonObject> repeated = new ArrayList<>();
  private final Map<Long, Promise<JsonArray>> open = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final Promise<TestClient> opened = Promise.promise();
  private final Promise<JsonObject> closed = Promise.promise();
  private volatile Consumer<JsonObject> listener = event -> {};
  private volatile String session = "";

  // What tests do.

  /** The session's id. */
  final String session() {
    return session;
  }

  /** Sends a message; completes when it was handed to the transport. */
  final Future<Void> send(String event, Object... args) {
    return transmit(new JsonArray().add(message(event, args)));
  }

  /** Sends several messages as one, if the transport can. */
  final Future<Void> sendAll(List<JsonObject> messages) {
    return transmit(new JsonArray(messages));
  }

  /** Sends a message and awaits its reply; fails with {@link ErrorReply}. */
  final Future<JsonArray> request(String event, Object... args) {
    long id = lastId.incrementAndGet();
    Promise<JsonArray> answer = Promise.promise();
    open.put(id, answer);
    transmit(new JsonArray().add(message(event, args).put("id", id)))
        .onFailure(
            error -> {
              open.remove(id);
              answer.tryFail(error);
            });
    return answer.future();
  }

  static JsonObject message(String event, Object... args) {
    return new JsonObject().put("event", event).put("args", new JsonArray(List.of(args)));
  }

  /** The events received so far, {@code {"event":…,"args":[…]}}, without replies. */
  final List<JsonObject> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  final int eventCount() {
    synchronized (events) {
      return events.size();
    }
  }

  /** Replies that nobody waited for (any more). */
  final List<JsonObject> repeatedReplies() {
    synchronized (repeated) {
      return List.copyOf(repeated);
    }
  }

  final int openRequests() {
    return open.size();
  }

  /** Called for each event from now on, on the client's event loop. */
  final void onEvent(Consumer<JsonObject> next) {
    listener = next;
  }

  /** Completes when the client is closed: {@code {"code":…,"text":…}}. */
  final Future<JsonObject> closed() {
    return closed.future();
  }

  final boolean isClosed() {
    return closed.future().isComplete();
  }

  /** Ends the session from this side. */
  abstract Future<Void> close();

  // What transports do.

  /** Sends messages of the JSON form. */
  abstract Future<Void> transmit(JsonArray messages);

  final Future<TestClient> opened() {
    return opened.future();
  }

  final void opened(String newSession) {
    session = newSession;
    opened.tryComplete(this);
  }

  final void received(JsonObject message) {
    if (message.containsKey("reply")) {
      replied(message);
      return;
    }
    synchronized (events) {
      events.add(message);
    }
    listener.accept(message);
  }

  private void replied(JsonObject message) {
    Promise<JsonArray> waiting = open.remove(message.getLong("reply"));
    if (waiting == null) {
      synchronized (repeated) {
        repeated.add(message);
      }
    } else if (message.containsKey("error")) {
      waiting.tryFail(new ErrorReply(message.getJsonObject("error")));
    } else {
      waiting.tryComplete(message.getJsonArray("args"));
    }
  }

  final void ended(int code, String text) {
    JsonObject reason = new JsonObject().put("code", code).put("text", text);
    closed.tryComplete(reason);
    IllegalStateException cause = new IllegalStateException("client closed: " + reason.encode());
    opened.tryFail(cause);
    open.values().forEach(waiting -> waiting.tryFail(cause));
  }
}
