package dev.selvedge.fabric;

import dev.selvedge.metrics.BusMeters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.Function;

/**
 * What joins the nodes: membership, lanes, node-to-node requests and shared registers. One a
 * process; local (no cluster) or clustered, with the same behaviour.
 */
public interface Fabric {
  Vertx vertx();

  Membership membership();

  /** One lane for each event loop, by index. */
  List<Lane> lanes();

  default Lane lane(int index) {
    return lanes().get(Math.floorMod(index, lanes().size()));
  }

  /** The lane whose event loop calls this; throws {@link IllegalStateException} elsewhere. */
  default Lane currentLane() {
    for (Lane lane : lanes()) {
      if (lane.isCurrent()) {
        return lane;
      }
    }
    throw new IllegalStateException(
        "thread " + Thread.currentThread().getName() + " (expected: a lane's event loop)");
  }

  /** Makes a kind of envelope known; before {@link #start} only. */
  void register(int kind, Envelope.Decoder decoder, Envelope.Receiver receiver);

  /** Opens the lanes: from here on envelopes arrive. Call it when all kinds are registered. */
  Future<Void> start();

  /**
   * Asks a service of one node (this one included). For what is rare: artifacts, queries, admin.
   *
   * @param body at most 64 KiB; larger things go in pieces
   * @return fails with {@link NodeGoneException} if the node is not alive or leaves, with the
   *     service's failure, or after {@code timeoutMillis} with a time-out; completes on the
   *     caller's context
   */
  Future<Buffer> request(NodeId to, String service, Buffer body, long timeoutMillis);

  /** Answers {@link #request}s for a service; the handler runs on lane 0 and may not block. */
  void serve(String service, Function<Buffer, Future<Buffer>> handler);

  /** The shared registers of that name; see {@link Registers}. */
  Registers registers(String name);

  /** What the lanes send to other nodes; a node that is alone sends nothing. */
  default BusMeters busMeters() {
    return new BusMeters();
  }

  /** Leaves the cluster and closes Vert.x. */
  Future<Void> close();
}
