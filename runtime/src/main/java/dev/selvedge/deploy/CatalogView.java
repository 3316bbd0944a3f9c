package dev.selvedge.deploy;

import dev.selvedge.fabric.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What is deployed, as this node knows it. Reads answer at once, on any thread; what they return
 * does not change.
 */
public interface CatalogView {
  /** The functions that are deployed, by name. */
  List<ServedFunction> functions();

  Optional<ServedFunction> function(String name);

  /** The serving version of a function. */
  default Optional<Integer> currentVersion(String name) {
    return function(name).map(ServedFunction::version);
  }

  /** What is on this node, versions that start or drain included. */
  List<LocalFunction> local();

  /** The live nodes where a version of a function takes sessions, oldest first. */
  List<NodeId> hosts(String name, int version);

  /** All routes, longest path first. */
  List<PublishedRoute> routes();

  /** A route to a function that is deployed by another path than those of its manifest. */
  Optional<PublishedRoute> routeTo(String function, String path);

  /**
   * Why this node does not serve all that the catalog wants, each a sentence; empty if it does, and
   * never empty before the catalog was read.
   */
  List<String> pending();

  /** Listens from now on. */
  void addListener(Listener listener);

  /** Changes of the catalog. Called on lane 0; the view shows what has changed already. */
  interface Listener {
    /** A function is served in another version than before, for the first time, or no more. */
    default void servingChanged(String function) {}

    /** Routes, or the assets behind them, have changed. */
    default void routesChanged() {}
  }
}
