package dev.selvedge.echo;

import dev.selvedge.function.Call;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;

/**
 * Says back what it hears: each message as it came, and the same as the reply to whoever asked for
 * one. A call gets its body back.
 */
public final class Echo extends EdgeFunction {
  @Override
  protected Future<?> onMessage(Session client, Message message) {
    Object[] args = message.args().toArray();
    if (message.expectsReply()) {
      return client.send(message.event(), args).compose(sent -> message.reply(args));
    }
    return client.send(message.event(), args);
  }

  @Override
  protected Future<?> onCall(Call call) {
    return Future.succeededFuture(call.body());
  }
}
