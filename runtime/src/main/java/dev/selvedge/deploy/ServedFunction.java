package dev.selvedge.deploy;

import java.util.List;
import java.util.Optional;

/**
 * A deployed function.
 *
 * @param version the serving one
 * @param plain whether it is a plain verticle, which takes no sessions
 * @param versions all that are remembered, newest first
 * @param candidate a version that is being rolled out
 */
public record ServedFunction(
    String name,
    int version,
    String sha256,
    boolean plain,
    Manifest manifest,
    List<FunctionVersion> versions,
    Optional<Integer> candidate) {
  public ServedFunction {
    versions = List.copyOf(versions);
  }
}
