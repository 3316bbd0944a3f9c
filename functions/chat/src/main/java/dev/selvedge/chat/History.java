package dev.selvedge.chat;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The last lines of each room, in a store: {@code room:<name>} holds {@code
 * {"last":7,"lines":[…]}}. Lines are numbered from 1 within their room, without gaps, whichever
 * node adds them.
 */
final class History {
  static final int LINES = 50;
  private static final int ATTEMPTS = 30;
  private static final int LONGEST_PAUSE_MILLIS = 40;

  private final Vertx vertx;
  private final Store store;

  History(Vertx vertx, Store store) {
    this.vertx = vertx;
    this.store = store;
  }

  /** The last lines of a room, the oldest first. */
  Future<JsonArray> lines(String room) {
    return store.get(key(room)).map(stored -> lines((JsonObject) stored.orElse(null)));
  }

  /**
   * Adds a line and numbers it. A line whose {@code key} is there already, because its message was
   * delivered again after a crash, is not added again.
   *
   * @return the line with its {@code number}; fails with code {@code busy} if others were quicker
   *     too many times
   */
  Future<JsonObject> add(String room, JsonObject line) {
    return add(room, line, ATTEMPTS);
  }

  private Future<JsonObject> add(String room, JsonObject line, int attempts) {
    if (attempts == 0) {
      return Future.failedFuture(new FunctionException("busy", "too many talk at once: try again"));
    }
    return store
        .get(key(room))
        .compose(
            value -> {
              JsonObject stored = (JsonObject) value.orElse(null);
              Optional<JsonObject> there = find(lines(stored), line.getString("key"));
              return there.isPresent()
                  ? Future.succeededFuture(there.get())
                  : append(room, stored, line, attempts);
            });
  }

  private Future<JsonObject> append(
      String room, @Nullable JsonObject stored, JsonObject line, int attempts) {
    long number = stored == null ? 1 : stored.getLong("last") + 1;
    JsonObject numbered = line.copy().put("number", number);
    JsonArray lines = new JsonArray();
    JsonArray before = lines(stored);
    for (int i = Math.max(0, before.size() - LINES + 1); i < before.size(); i++) {
      lines.add(before.getValue(i));
    }
    JsonObject update = new JsonObject().put("last", number).put("lines", lines.add(numbered));
    return store
        .compareAndSet(key(room), stored, update)
        .compose(
            won ->
                won
                    ? Future.succeededFuture(numbered)
                    : pause().compose(rested -> add(room, line, attempts - 1)));
  }

  /** A random moment, so that those who collided do not collide again. */
  private Future<Void> pause() {
    Promise<Void> over = Promise.promise();
    int millis = ThreadLocalRandom.current().nextInt(1, LONGEST_PAUSE_MILLIS + 1);
    vertx.setTimer(millis, now -> over.complete());
    return over.future();
  }

  private static Optional<JsonObject> find(JsonArray lines, String key) {
    return lines.stream()
        .map(JsonObject.class::cast)
        .filter(line -> key.equals(line.getString("key")))
        .findFirst();
  }

  private static JsonArray lines(@Nullable JsonObject stored) {
    return stored == null ? new JsonArray() : stored.getJsonArray("lines");
  }

  private static String key(String room) {
    return "room:" + room;
  }
}
