package dev.selvedge.session;

import dev.selvedge.config.SessionConfig;
import dev.selvedge.fabric.NodeId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the sessions of a function go. Answers at once, on any thread. */
public interface Placement {
  /**
   * A node that hosts a function.
   *
   * @param version the version that new bindings get there
   */
  record Binding(NodeId node, int version) {}

  /** Whether the function is deployed, though perhaps not ready anywhere yet. */
  boolean isDeployed(String function);

  /**
   * Picks a node that hosts the function's serving version and takes sessions.
   *
   * @param stay taken if it qualifies; null for a free choice
   */
  Optional<Binding> pick(String function, @Nullable NodeId stay);

  /** The version that new sessions of the function get; 0 if it is not deployed. */
  int servingVersion(String function);

  /** Rules of a function's sessions. */
  SessionConfig rules(String function);
}
