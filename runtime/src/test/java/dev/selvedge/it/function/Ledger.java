package dev.selvedge.it.function;

import dev.selvedge.function.Call;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/**
 * Counts in the session's state. A number that is not one more than the last is refused, so that a
 * lost, doubled or reordered message, or a lost state, is seen by the client at once.
 */
public final class Ledger extends EdgeFunction {
  @Override
  protected Future<?> onMessage(Session client, Message message) {
    return switch (message.event()) {
      case "add" -> add(client, message);
      case "save" -> save(client, message);
      case "sum" -> message.reply(client.state().getLong("sum", 0L));
      default -> message.fail("unknown-event", message.event());
    };
  }

  /** Replies with the number, the sum so far, this version, and whether it was redelivered. */
  private Future<?> add(Session client, Message message) {
    int number = message.arg(0, Integer.class);
    JsonObject state = client.state();
    int last = state.getInteger("last", 0);
    if (number != last + 1) {
      return message.fail("out-of-order", number + " after " + last);
    }
    long sum = state.getLong("sum", 0L) + number;
    return work()
        .compose(
            done -> {
              state.put("last", number).put("sum", sum);
              return message.reply(number, sum, version(), message.redelivered());
            });
  }

  /** What takes a while, so that there are messages under way at any moment. */
  private Future<?> work() {
    long millis = settings().getLong("work-millis", 0L);
    return millis == 0 ? Future.succeededFuture() : vertx.timer(millis, TimeUnit.MILLISECONDS);
  }

  /** Replies when the value is in the store. */
  private Future<?> save(Session client, Message message) {
    String key = message.arg(0, String.class);
    return store("ledger").put(key, message.args().get(1)).compose(done -> message.reply(key));
  }

  /** {@code {"op":"put","key":…,"value":…}}, {@code get} or {@code keys}. */
  @Override
  protected Future<?> onCall(Call call) {
    JsonObject request = call.json();
    String key = request.getString("key", "");
    return switch (request.getString("op", "version")) {
      case "put" -> store("ledger").put(key, request.getValue("value")).map(done -> true);
      case "get" -> store("ledger").get(key).map(found -> found.orElse(null));
      case "keys" -> store("ledger").keys(key).map(keys -> new JsonArray(keys));
      default ->
          Future.succeededFuture(
              new JsonObject()
                  .put("version", version())
                  .put("mark", settings().getString("mark", "")));
    };
  }
}
