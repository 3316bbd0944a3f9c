package dev.selvedge.signalrchat;

import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * The chat and streaming examples of SignalR, one hub.
 *
 * <ul>
 *   <li>{@code SendMessage(user, message)}: every client of the hub, at whichever node and the
 *       sender too, hears {@code ReceiveMessage(user, message)}.
 *   <li>{@code Counter(count, delay)}: a stream of the numbers from 0 on, {@code count} of them,
 *       with {@code delay} milliseconds between them.
 * </ul>
 */
public final class SignalRChat extends EdgeFunction {
  static final int MAX_USER = 40;
  static final int MAX_MESSAGE = 2_000;
  static final int MAX_COUNT = 10_000;
  static final int MAX_DELAY_MILLIS = 60_000;

  @Override
  protected Future<?> onMessage(Session client, Message message) {
    return switch (message.event()) {
      case "SendMessage" -> sendMessage(message);
      case "Counter" -> counter(message);
      default ->
          message.fail("no-such-event", message.event() + " (expected: SendMessage or Counter)");
    };
  }

  private Future<Void> sendMessage(Message message) {
    String user = text(message, 0, MAX_USER);
    String text = text(message, 1, MAX_MESSAGE);
    return sessions().publish("ReceiveMessage", user, text).compose(sent -> message.reply());
  }

  /** The stream goes on by itself: the client may say more meanwhile. */
  private Future<?> counter(Message message) {
    int count = number(message, 0, MAX_COUNT);
    int delay = number(message, 1, MAX_DELAY_MILLIS);
    Counter numbers = new Counter(vertx, count, Duration.ofMillis(delay));
    message.stream(numbers).onFailure(unwanted -> numbers.stop());
    return Future.succeededFuture();
  }

  private static String text(Message message, int index, int longest) {
    String text = message.arg(index, String.class);
    if (text.isBlank() || text.length() > longest) {
      throw bad(message, index, text.length() + " characters", "1 to " + longest);
    }
    return text;
  }

  private static int number(Message message, int index, int most) {
    Number number = message.arg(index, Number.class);
    double value = number.doubleValue();
    if (value != Math.rint(value) || value < 0 || value > most) {
      throw bad(message, index, number.toString(), "a whole number of 0 to " + most);
    }
    return (int) value;
  }

  private static FunctionException bad(Message message, int index, String is, String expected) {
    return new FunctionException(
        "bad-argument",
        message.event() + ": argument " + index + ": " + is + " (expected: " + expected + ")");
  }
}
