package dev.selvedge.deploy;

import java.util.List;
import java.util.Optional;

/** What a deploy command puts in the place of the manifest's words. */
public record Overrides(Optional<String> name, List<String> routes) {
  public static final Overrides NONE = new Overrides(Optional.empty(), List.of());

  public Overrides {
    routes = List.copyOf(routes);
  }
}
