package dev.selvedge.node;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Node;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Asks every node the same and joins the lists that they answer. */
final class Gathering {
  private static final long TIMEOUT_MILLIS = 3_000;

  private Gathering() {}

  /** A node that is gone, or does not answer in time, adds nothing. */
  static Future<List<JsonObject>> ask(Fabric fabric, String service) {
    List<Future<Buffer>> answers = new ArrayList<>();
    for (Node node : fabric.membership().nodes()) {
      answers.add(
          fabric
              .request(node.id(), service, Buffer.buffer(), TIMEOUT_MILLIS)
              .otherwise(new JsonArray().toBuffer()));
    }
    return Future.all(answers)
        .map(
            done ->
                answers.stream()
                    .flatMap(answer -> new JsonArray(answer.result()).stream())
                    .map(JsonObject.class::cast)
                    .toList());
  }
}
