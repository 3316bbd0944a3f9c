package dev.selvedge.fabric;

import io.vertx.core.Context;

/**
 * One event loop of this node, with its ordered, reliable links to the lanes of the peers. Lane
 * <i>i</i> of a node talks to lane <i>i</i> modulo the peer's number of lanes.
 */
public interface Lane {
  int index();

  /** The event-loop context of this lane. */
  Context context();

  /** Whether the calling thread is this lane's event loop. */
  boolean isCurrent();

  /** Runs the task on this lane: at once if the caller is on it, else later, in order of calls. */
  void run(Runnable task);

  /**
   * Sends an envelope; call it on this lane only. To this node itself it is received before the
   * call returns; to another it leaves with the others of this loop tick. Links repeat what a
   * broken bus connection lost and drop what came twice; what was sent to a node that leaves is
   * dropped.
   *
   * <p>At most 64 MiB may be under way to a node that it has not acknowledged; then it has left and
   * joined anew for the listeners of {@link Membership}, and what was under way is dropped.
   *
   * @return false if the node is not alive
   */
  boolean send(NodeId to, Envelope envelope);
}
