package dev.selvedge.fabric;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that the bus reaches every member: the cluster and the bus use different ports, and one
 * may work without the other. A member that leaves three checks unanswered is not reachable.
 */
final class Reachability {
  static final String SERVICE = "ping";

  private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);
  private static final int PERIOD_MILLIS = 2_000;
  private static final int TOLERATED = 2;

  private final Fabric fabric;
  private final Map<NodeId, Integer> unanswered = new ConcurrentHashMap<>();

  Reachability(Fabric fabric) {
    this.fabric = fabric;
  }

  /** Begins the checks; call it on lane 0. */
  void start(Vertx vertx) {
    fabric.serve(SERVICE, Future::succeededFuture);
    vertx.setPeriodic(PERIOD_MILLIS, ignored -> check());
  }

  boolean isReachable(NodeId node) {
    return unanswered.getOrDefault(node, 0) <= TOLERATED;
  }

  void left(NodeId node) {
    unanswered.remove(node);
  }

  private void check() {
    for (Node node : fabric.membership().nodes()) {
      NodeId id = node.id();
      if (!id.equals(fabric.membership().self())) {
        fabric
            .request(id, SERVICE, Buffer.buffer(), PERIOD_MILLIS)
            .onSuccess(ignored -> answered(id))
            .onFailure(ignored -> missed(node));
      }
    }
  }

  private void answered(NodeId id) {
    Integer missed = unanswered.remove(id);
    if (missed != null && missed > TOLERATED) {
      LOG.info("node is reachable again id={}", id);
    }
  }

  private void missed(Node node) {
    if (fabric.membership().node(node.id()).isPresent()
        && unanswered.merge(node.id(), 1, Integer::sum) == TOLERATED + 1) {
      LOG.warn(
          "node is a member but does not answer on the bus id={} address={}",
          node.id(),
          node.address());
    }
  }
}
