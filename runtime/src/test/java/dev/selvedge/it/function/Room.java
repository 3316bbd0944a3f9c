package dev.selvedge.it.function;

import dev.selvedge.function.Call;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Everybody is in one group; what one says, the others hear, and only they. */
public final class Room extends EdgeFunction {
  private static final String GROUP = "room";

  @Override
  protected Future<?> onOpen(Session client) {
    return client.join(GROUP);
  }

  @Override
  protected Future<?> onMessage(Session client, Message message) {
    return switch (message.event()) {
      case "say" ->
          groups()
              .except(client.id())
              .publish(GROUP, "said", client.id(), message.arg(0, Integer.class));
      case "here" -> message.reply(client.transport().word());
      default -> message.fail("unknown-event", message.event());
    };
  }

  @Override
  protected Future<?> onCall(Call call) {
    return groups()
        .members(GROUP)
        .map(
            members ->
                new JsonObject()
                    .put("source", call.source())
                    .put("body", call.body())
                    .put(
                        "members",
                        new JsonArray(members.stream().map(member -> member.session()).toList())));
  }
}
