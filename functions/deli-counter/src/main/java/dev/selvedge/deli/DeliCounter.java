package dev.selvedge.deli;

import dev.selvedge.function.Call;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Take a number; be told when it is yours.
 *
 * <p>A client may say, and is answered:
 *
 * <ul>
 *   <li>{@code hello {"token":…}}: who it is, by a random word that it keeps. Answer: the board and
 *       its number, which it has again after a reconnect or a restart.
 *   <li>{@code take}: a number, if it has none that waits. Answer: as for {@code hello}.
 *   <li>{@code leave}: gives its number up. Answer: as for {@code hello}.
 *   <li>{@code next {"press":…}}: the clerk's button; {@code press} is a new random word each time.
 *       Answer: {@code {"called":5,"told":true}}; {@code called} is null if nobody waits, {@code
 *       told} false if the customer is away.
 * </ul>
 *
 * <p>It hears {@code board {"serving":…,"issued":…}} at every change, and {@code serving
 * {"number":…}} when its own number is called, and nobody else's.
 */
public final class DeliCounter extends EdgeFunction {
  private static final String EVERYONE = "deli-counter";
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9-]{8,64}");

  @Nullable private Queue queue;

  @Override
  public Future<?> start() {
    queue = new Queue(store("deli-counter"));
    return Future.succeededFuture();
  }

  @Override
  protected Future<?> onOpen(Session client) {
    return client.join(EVERYONE);
  }

  @Override
  protected Future<?> onMessage(Session client, Message message) {
    return switch (message.event()) {
      case "hello" -> hello(client, word(message, "token")).compose(message::reply);
      case "take" -> take(client).compose(message::reply);
      case "leave" -> leave(client).compose(message::reply);
      case "next" -> next(word(message, "press")).compose(message::reply);
      default ->
          Future.failedFuture(
              new FunctionException(
                  "unknown-event", message.event() + " (expected: hello, take, leave or next)"));
    };
  }

  /** The clerk's side for programs: {@code {"do":"next"}} presses the button, else the board. */
  @Override
  protected Future<?> onCall(Call call) {
    boolean next =
        call.body() instanceof JsonObject request && "next".equals(request.getString("do"));
    return next ? next(UUID.randomUUID().toString()) : queue().board().map(Board::toJson);
  }

  private Future<JsonObject> hello(Session client, String token) {
    client.state().put("token", token);
    return queue().arrive(token, client.id()).compose(here -> standing(client));
  }

  private Future<JsonObject> take(Session client) {
    String token = token(client);
    return standing(client)
        .compose(
            standing ->
                standing.getString("status").equals("waiting")
                    ? Future.succeededFuture(standing)
                    : queue()
                        .issue(token)
                        .compose(number -> standing(client))
                        .compose(this::announce));
  }

  private Future<JsonObject> leave(Session client) {
    String token = token(client);
    return queue()
        .numberOf(token)
        .compose(
            number -> number == 0 ? Future.<Void>succeededFuture() : queue().giveUp(token, number))
        .compose(left -> standing(client));
  }

  private Future<JsonObject> next(String press) {
    return queue()
        .callNext(press)
        .compose(
            called ->
                called.isEmpty()
                    ? Future.succeededFuture(new JsonObject().putNull("called").put("told", false))
                    : tell(called.get())
                        .map(
                            told -> new JsonObject().put("called", called.get()).put("told", told)))
        .compose(
            answer ->
                queue()
                    .board()
                    .compose(board -> announce(board.toJson()))
                    .map(board -> answer.mergeIn(board)));
  }

  /** Tells the customer of a number that it is called; false if nobody could be told. */
  private Future<Boolean> tell(long number) {
    return queue()
        .sessionOf(number)
        .compose(
            session ->
                session.isEmpty()
                    ? Future.succeededFuture(false)
                    : sessions()
                        .send(session.get(), "serving", new JsonObject().put("number", number))
                        .map(true)
                        .otherwise(false));
  }

  /**
   * Where a customer stands: the board and {@code number}, {@code status} (none, waiting, called).
   */
  private Future<JsonObject> standing(Session client) {
    return queue()
        .numberOf(token(client))
        .compose(
            number ->
                queue()
                    .board()
                    .map(
                        board ->
                            board
                                .toJson()
                                .put("number", number == 0 ? null : number)
                                .put("status", status(number, board))));
  }

  private static String status(long number, Board board) {
    if (number == 0) {
      return "none";
    }
    return number > board.serving() ? "waiting" : "called";
  }

  /** Shows everyone the board that is part of {@code board}, and returns the whole. */
  private Future<JsonObject> announce(JsonObject board) {
    JsonObject shown =
        new JsonObject()
            .put("serving", board.getLong("serving"))
            .put("issued", board.getLong("issued"));
    return groups().publish(EVERYONE, "board", shown).map(board);
  }

  private static String token(Session client) {
    return Optional.ofNullable(client.state().getString("token"))
        .orElseThrow(() -> new FunctionException("say-hello", "say hello with a token first"));
  }

  private static String word(Message message, String member) {
    String word = message.json().getString(member);
    if (word == null || !WORD.matcher(word).matches()) {
      throw new FunctionException(
          "bad-argument",
          message.event() + ": " + member + ": " + word + " (expected: " + WORD.pattern() + ")");
    }
    return word;
  }

  private Queue queue() {
    if (queue == null) {
      throw new IllegalStateException("not started");
    }
    return queue;
  }
}
