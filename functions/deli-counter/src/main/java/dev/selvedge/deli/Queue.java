package dev.selvedge.deli;

import dev.selvedge.function.Store;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The numbers, as the store holds them; every node works on the same.
 *
 * <table>
 *   <caption>Keys</caption>
 *   <tr><td>{@code issued}</td><td>the number given out last</td></tr>
 *   <tr><td>{@code serving}</td><td>the number called last, and which presses of the clerks'
 *       buttons called the last few</td></tr>
 *   <tr><td>{@code ticket:<number>}</td><td>whose it is: a customer's token</td></tr>
 *   <tr><td>{@code left:<number>}</td><td>there if the customer gave it up</td></tr>
 *   <tr><td>{@code number:<token>}</td><td>the customer's number</td></tr>
 *   <tr><td>{@code session:<token>}</td><td>where the customer can be told</td></tr>
 * </table>
 *
 * <p>A number may be called while its customer is still taking it or coming back. Nobody is missed:
 * the clerk's side first moves {@code serving} and then looks for the customer; the customer's side
 * first writes its keys and then looks at {@code serving}. One of the two sees the other.
 */
final class Queue {
  /** How long a number and its customer are remembered. */
  private static final Duration REMEMBERED = Duration.ofHours(24);

  /** More presses than clerks could make while one press is done again after a crash. */
  private static final int PRESSES_REMEMBERED = 16;

  private final Store store;

  Queue(Store store) {
    this.store = store;
  }

  Future<Board> board() {
    return serving()
        .compose(serving -> number("issued").map(issued -> new Board(serving.number(), issued)));
  }

  /** Remembers where to tell the customer; the latest place counts. */
  Future<Void> arrive(String token, String session) {
    return store.put("session:" + token, session, REMEMBERED);
  }

  /** The customer's number, 0 for none. */
  Future<Long> numberOf(String token) {
    return number("number:" + token);
  }

  /** Gives the customer a new number. */
  Future<Long> issue(String token) {
    return store
        .increment("issued", 1)
        .compose(
            number ->
                store
                    .put("ticket:" + number, token, REMEMBERED)
                    .compose(kept -> store.put("number:" + token, number, REMEMBERED))
                    .map(number));
  }

  /** The customer no longer has that number; if it was not called yet, it never will be. */
  Future<Void> giveUp(String token, long number) {
    return store
        .put("left:" + number, true, REMEMBERED)
        .compose(left -> store.compareAndSet("number:" + token, number, null))
        .mapEmpty();
  }

  /**
   * Calls the next number whose customer has not left. However many clerks press at once, each
   * press calls a number of its own, and a press done again calls nothing new.
   *
   * @param press names the press
   * @return the number, or empty if nobody waits
   */
  Future<Optional<Long>> callNext(String press) {
    return serving()
        .compose(
            now ->
                now.wasCalledBy(press)
                    ? Future.succeededFuture(Optional.of(now.numberCalledBy(press)))
                    : number("issued")
                        .compose(issued -> firstPresent(now.number() + 1, issued))
                        .compose(next -> callNext(press, now, next)));
  }

  /** Where the customer of a number can be told, if there is one and it was ever here. */
  Future<Optional<String>> sessionOf(long number) {
    return store
        .get("ticket:" + number)
        .compose(
            token ->
                token.isPresent()
                    ? store.get("session:" + token.get())
                    : Future.succeededFuture(Optional.empty()))
        .map(session -> session.map(String.class::cast));
  }

  private Future<Optional<Long>> callNext(String press, Serving now, long next) {
    if (next == 0) {
      return Future.succeededFuture(Optional.empty());
    }
    return store
        .compareAndSet("serving", now.stored(), now.next(next, press).stored())
        .compose(mine -> mine ? Future.succeededFuture(Optional.of(next)) : callNext(press));
  }

  /** The first number from {@code from} to {@code to} that nobody gave up; 0 for none. */
  private Future<Long> firstPresent(long from, long to) {
    if (from > to) {
      return Future.succeededFuture(0L);
    }
    return store
        .get("left:" + from)
        .compose(
            left -> left.isPresent() ? firstPresent(from + 1, to) : Future.succeededFuture(from));
  }

  private Future<Serving> serving() {
    return store.get("serving").map(value -> Serving.of((JsonObject) value.orElse(null)));
  }

  private Future<Long> number(String key) {
    return store.get(key).map(value -> value.map(n -> ((Number) n).longValue()).orElse(0L));
  }

  /** The value of {@code serving}: the number, and the last presses with what each called. */
  private record Serving(long number, JsonArray presses, @Nullable JsonObject stored) {
    static Serving of(@Nullable JsonObject stored) {
      return stored == null
          ? new Serving(0, new JsonArray(), null)
          : new Serving(stored.getLong("number"), stored.getJsonArray("presses"), stored);
    }

    Serving next(long next, String press) {
      JsonArray remembered = new JsonArray();
      List<?> kept = presses.getList();
      kept.subList(Math.max(0, kept.size() - PRESSES_REMEMBERED + 1), kept.size())
          .forEach(remembered::add);
      remembered.add(new JsonObject().put("press", press).put("called", next));
      return of(new JsonObject().put("number", next).put("presses", remembered));
    }

    boolean wasCalledBy(String press) {
      return numberCalledBy(press) != 0;
    }

    long numberCalledBy(String press) {
      for (int i = 0; i < presses.size(); i++) {
        JsonObject one = presses.getJsonObject(i);
        if (press.equals(one.getString("press"))) {
          return one.getLong("called");
        }
      }
      return 0;
    }
  }
}
