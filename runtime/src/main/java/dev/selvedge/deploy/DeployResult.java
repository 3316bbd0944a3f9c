package dev.selvedge.deploy;

import java.util.List;

/**
 * A function's new serving version.
 *
 * @param warnings what did not go as it should without making the deploy fail, one sentence each
 */
public record DeployResult(String name, int version, String sha256, List<String> warnings) {
  public DeployResult {
    warnings = List.copyOf(warnings);
  }
}
