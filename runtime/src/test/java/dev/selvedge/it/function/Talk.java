package dev.selvedge.it.function;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** Does what its client asks for: everything that a Socket.IO server can be asked. */
public final class Talk extends EdgeFunction {
  @Override
  protected Future<?> onOpen(Session client) {
    JsonObject auth = client.handshake().auth();
    if (auth.containsKey("refuse")) {
      return Future.failedFuture(
          new FunctionException(
              "not-you", "not you", new JsonObject().put("because", auth.getValue("refuse"))));
    }
    return client.send(
        "welcome",
        new JsonObject()
            .put("function", name())
            .put("namespace", client.handshake().namespace())
            .put("id", client.id())
            .put("auth", auth));
  }

  @Override
  protected Future<?> onMessage(Session client, Message message) {
    Object[] args = message.args().toArray();
    return switch (message.event()) {
      case "echo" -> message.expectsReply() ? message.reply(args) : client.send("echo", args);
      case "join" -> client.join(message.text()).compose(joined -> message.reply("joined"));
      case "leave" -> client.leave(message.text()).compose(left -> message.reply("left"));
      case "shout" -> groups().publish(message.text(), "shouted", message.arg(1, Object.class));
      case "ask me" ->
          client
              .request(Duration.ofSeconds(60), "question", args)
              .compose(answer -> client.send("answered", answer.toArray()));
      case "ask in vain" ->
          client
              .request(Duration.ofMillis(100), "question nobody answers")
              .recover(error -> client.send("unanswered").mapEmpty());
      case "fail" ->
          Future.failedFuture(
              new FunctionException("sold-out", "no more", new JsonObject().put("left", 0)));
      case "kick me" -> client.close(CloseReason.KICKED);
      case "restart me" -> client.close(CloseReason.SERVICE_RESTART);
      default -> message.fail("no-such-event", message.event());
    };
  }
}
