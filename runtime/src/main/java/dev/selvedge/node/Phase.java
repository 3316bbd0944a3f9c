package dev.selvedge.node;

import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** Where a node stands between its start and its end. */
enum Phase {
  STARTING,
  READY,
  DRAINING;

  /** The section in which a node announces {@code {"phase":…,"clientUrl":…,"adminUrl":…}}. */
  static final String SECTION = "node";

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  void announce(Membership membership, String clientUrl, String adminUrl) {
    membership.announce(
        SECTION,
        new JsonObject()
            .put("phase", word())
            .put("clientUrl", clientUrl)
            .put("adminUrl", adminUrl));
  }

  /** The phase that a node has announced, as a word; {@code starting} if it has not yet. */
  static String of(Node node) {
    return node.section(SECTION).getString("phase", STARTING.word());
  }

  /** Whether sessions may be bound to functions on that node. */
  static boolean takesSessions(Node node) {
    return !of(node).equals(DRAINING.word());
  }
}
