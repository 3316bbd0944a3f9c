package dev.selvedge.protocol;

import dev.selvedge.edge.FunctionRoute;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the function that a path leads to. Called on event loops, so it may not block. */
@FunctionalInterface
public interface RouteLookup {
  /**
   * The route with the longest path that is {@code path} or is followed in it by a slash.
   *
   * @param host the Host header's value, or null if the request had none
   * @param path in normal form, as {@link dev.selvedge.edge.Exchange#path}
   */
  Optional<FunctionRoute> find(@Nullable String host, String path);
}
