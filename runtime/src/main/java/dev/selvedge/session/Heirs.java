package dev.selvedge.session;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which node has the sessions of one that is gone. An heir says so to all; whoever inherits from it
 * inherits that, too. Any thread.
 */
final class Heirs implements Membership.Listener {
  private static final String SECTION = "heir";

  /** How many nodes that are gone are remembered. */
  private static final int MOST = 64;

  /** How long after its end a node may be without an heir. */
  private static final long PATIENCE_MILLIS = 5_000;

  private final Fabric fabric;
  private final Map<NodeId, NodeId> heirs = new ConcurrentHashMap<>();

  /** When nodes left, in milliseconds. */
  private final Map<NodeId, Long> left = new ConcurrentHashMap<>();

  /** The nodes whose heir this one is; guarded by itself. */
  private final Set<NodeId> mine = new LinkedHashSet<>();

  private final Map<NodeId, Promise<NodeId>> awaited = new ConcurrentHashMap<>();

  Heirs(Fabric fabric) {
    this.fabric = fabric;
  }

  /** The node that has the session, as far as is known; it may be gone. */
  NodeId edgeOf(SessionId session) {
    return heirs.getOrDefault(session.node(), session.node());
  }

  /** This node has the sessions of that one from now on, and whatever that one had inherited. */
  void inherit(NodeId from) {
    JsonArray all = new JsonArray();
    synchronized (mine) {
      heirs.forEach(
          (gone, heir) -> {
            if (heir.equals(from)) {
              mine.add(gone);
            }
          });
      mine.add(from);
      while (mine.size() > MOST) {
        mine.remove(mine.iterator().next());
      }
      mine.forEach(gone -> all.add(gone.value()));
    }
    for (int i = 0; i < all.size(); i++) {
      put(new NodeId(all.getString(i)), fabric.membership().self());
    }
    fabric.membership().announce(SECTION, new JsonObject().put("of", all));
  }

  private void put(NodeId gone, NodeId heir) {
    heirs.put(gone, heir);
    Promise<NodeId> waiting = awaited.remove(gone);
    if (waiting != null) {
      waiting.tryComplete(heir);
    }
  }

  /**
   * Waits for another edge of a session than the one that was asked, which has just gone or is
   * about to. Fails if there is none within 5 s of its end.
   */
  Future<NodeId> await(SessionId session, NodeId asked) {
    NodeId gone = session.node();
    fabric.membership().nodes().forEach(this::hear);
    NodeId known = edgeOf(session);
    if (!known.equals(asked)) {
      return Future.succeededFuture(known);
    }
    boolean alive = fabric.membership().node(asked).isPresent();
    Long since = left.get(asked);
    long now = System.nanoTime() / 1_000_000;
    long rest = alive ? PATIENCE_MILLIS : since == null ? 0 : since + PATIENCE_MILLIS - now;
    if (rest <= 0) {
      return Future.failedFuture("no heir of node " + gone);
    }
    Promise<NodeId> promise =
        awaited.computeIfAbsent(
            gone,
            node -> {
              Promise<NodeId> heir = Promise.promise();
              fabric
                  .vertx()
                  .setTimer(
                      rest,
                      timer -> {
                        awaited.remove(node, heir);
                        heir.tryFail("no heir of node " + node);
                      });
              return heir;
            });
    NodeId meanwhile = edgeOf(session);
    if (!meanwhile.equals(asked)) {
      promise.tryComplete(meanwhile);
    }
    Promise<NodeId> here = ((VertxInternal) fabric.vertx()).getOrCreateContext().promise();
    promise.future().onComplete(here);
    return here.future();
  }

  @Override
  public void joined(Node node) {
    fabric.membership().nodes().forEach(this::hear);
  }

  @Override
  public void announced(Node node, String section) {
    if (section.equals(SECTION)) {
      hear(node);
    }
  }

  private void hear(Node node) {
    for (Object gone : node.section(SECTION).getJsonArray("of", new JsonArray())) {
      put(new NodeId(String.valueOf(gone)), node.id());
    }
  }

  @Override
  public void left(Node node) {
    long now = System.nanoTime() / 1_000_000;
    left.put(node.id(), now);
    left.values().removeIf(since -> now - since > 2 * PATIENCE_MILLIS);
  }
}
