package dev.selvedge.fabric;

/** The node that was asked is not alive, or left before it answered. */
public final class NodeGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NodeGoneException(NodeId node) {
    super("node " + node + " is gone");
  }
}
