package dev.selvedge.router;

import dev.selvedge.fabric.NodeId;
import dev.selvedge.router.SlotLedger.Claim;
import dev.selvedge.router.SlotLedger.Grant;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What nodes say to each other about slots. Pure; throws on what it did not write. */
final class SlotCodec {
  private SlotCodec() {}

  static Buffer claims(NodeId from, List<Claim> claims) {
    JsonArray all = new JsonArray();
    for (Claim claim : claims) {
      all.add(
          new JsonArray()
              .add(claim.key())
              .add(claim.limit())
              .add(claim.used())
              .add(claim.held())
              .add(claim.need())
              .add(claim.want()));
    }
    return new JsonObject().put("from", from.value()).put("claims", all).toBuffer();
  }

  static NodeId from(Buffer question) {
    return new NodeId(new JsonObject(question).getString("from"));
  }

  static List<Claim> claims(Buffer question) {
    return new JsonObject(question)
        .getJsonArray("claims").stream()
            .map(JsonArray.class::cast)
            .map(
                c ->
                    new Claim(
                        c.getString(0),
                        c.getInteger(1),
                        c.getInteger(2),
                        c.getInteger(3),
                        c.getInteger(4),
                        c.getInteger(5)))
            .toList();
  }

  static Buffer grants(List<Grant> grants) {
    JsonArray all = new JsonArray();
    for (Grant grant : grants) {
      all.add(
          new JsonArray()
              .add(grant.key())
              .add(grant.held())
              .add(grant.scarce())
              .add(grant.settled()));
    }
    return new JsonObject().put("grants", all).toBuffer();
  }

  /**
   * @param expected how many there must be
   */
  static List<Grant> grants(Buffer answer, int expected) {
    List<Grant> grants =
        new JsonObject(answer)
            .getJsonArray("grants").stream()
                .map(JsonArray.class::cast)
                .map(
                    g ->
                        new Grant(
                            g.getString(0), g.getInteger(1), g.getBoolean(2), g.getBoolean(3)))
                .toList();
    if (grants.size() != expected) {
      throw new IllegalArgumentException(
          "grants: " + grants.size() + " (expected: " + expected + ")");
    }
    return grants;
  }
}
