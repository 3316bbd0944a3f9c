package dev.selvedge.it;

import dev.selvedge.testing.Eventually;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A connection to a browser's DevTools protocol: commands with an answer, and events. */
final class DevTools implements WebSocket.Listener, AutoCloseable {
  private final Map<Integer, CompletableFuture<JsonObject>> pending = new ConcurrentHashMap<>();
  private final Map<String, BiConsumer<String, JsonObject>> events = new ConcurrentHashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();
  private final StringBuilder part = new StringBuilder();
  private final WebSocket socket;

  DevTools(String url) {
    socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create(url), this).join();
  }

  /** Gives the browser a command, of the session of one tab or, if null, of the browser itself. */
  JsonObject command(String session, String method, JsonObject parameters) throws Exception {
    int id = lastId.incrementAndGet();
    JsonObject frame = new JsonObject().put("id", id).put("method", method);
    frame.put("params", parameters);
    if (session != null) {
      frame.put("sessionId", session);
    }
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    pending.put(id, answer);
    synchronized (this) {
      socket.sendText(frame.encode(), true).join();
    }
    try {
      return answer.get(Eventually.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(method + " " + parameters, e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no answer to " + method + " " + parameters, e);
    }
  }

  /** Called with the name and parameters of each event of that session. */
  void onEvent(String session, BiConsumer<String, JsonObject> listener) {
    events.put(session, listener);
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      receive(new JsonObject(part.toString()));
      part.setLength(0);
    }
    from.request(1);
    return null;
  }

  private void receive(JsonObject frame) {
    Integer id = frame.getInteger("id");
    if (id == null) {
      BiConsumer<String, JsonObject> listener = events.get(frame.getString("sessionId", ""));
      if (listener != null) {
        listener.accept(frame.getString("method"), frame.getJsonObject("params"));
      }
      return;
    }
    CompletableFuture<JsonObject> answer = pending.remove(id);
    if (frame.containsKey("error")) {
      answer.completeExceptionally(new IllegalStateException(frame.getValue("error").toString()));
    } else {
      answer.complete(frame.getJsonObject("result"));
    }
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    pending.values().forEach(answer -> answer.completeExceptionally(error));
  }

  @Override
  public void close() {
    socket.abort();
  }
}
