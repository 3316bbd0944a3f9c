package dev.selvedge.fabric;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Asks several nodes the same and joins the lists that they answer. */
public final class Gathering {
  private static final long TIMEOUT_MILLIS = 3_000;

  private Gathering() {}

  /**
   * Asks a service that answers with a JSON array. A node that is gone, or does not answer within 3
   * s, adds nothing.
   */
  public static Future<JsonArray> ask(
      Fabric fabric, Collection<NodeId> nodes, String service, Buffer question) {
    List<Future<Buffer>> answers = new ArrayList<>();
    for (NodeId node : nodes) {
      answers.add(
          fabric
              .request(node, service, question, TIMEOUT_MILLIS)
              .otherwise(new JsonArray().toBuffer()));
    }
    return Future.all(answers)
        .map(
            done -> {
              JsonArray all = new JsonArray();
              answers.forEach(answer -> all.addAll(new JsonArray(answer.result())));
              return all;
            });
  }

  /** Asks every live node a service that needs no question and answers with JSON objects. */
  public static Future<List<JsonObject>> ask(Fabric fabric, String service) {
    List<NodeId> all = fabric.membership().nodes().stream().map(Node::id).toList();
    return ask(fabric, all, service, Buffer.buffer())
        .map(found -> found.stream().map(JsonObject.class::cast).toList());
  }
}
