package dev.selvedge.function;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message from a peer: another Socket.IO server, outside of the cluster, see {@link Peers}.
 *
 * @param event not empty
 * @param args null, Boolean, Number, String, JsonObject or JsonArray each
 * @param namespace the Socket.IO namespace that it was sent in
 */
public record PeerMessage(String event, List<@Nullable Object> args, String namespace) {
  private static final String SOURCE = "peer";

  /** The call by which the runtime brings it to an instance. */
  public Call toCall() {
    JsonArray values = new JsonArray();
    args.forEach(values::add);
    JsonObject body = new JsonObject().put("event", event).put("args", values);
    return new Call(body.put("namespace", namespace), SOURCE, Map.of());
  }

  /** Whether a call brings a message of a peer. */
  static boolean isIn(Call call) {
    return call.source().equals(SOURCE);
  }

  static PeerMessage of(Call call) {
    JsonObject body = call.json();
    List<@Nullable Object> args = new ArrayList<>();
    body.getJsonArray("args").forEach(args::add);
    return new PeerMessage(body.getString("event"), args, body.getString("namespace"));
  }
}
