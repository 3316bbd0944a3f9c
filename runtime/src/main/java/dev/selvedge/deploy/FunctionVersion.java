package dev.selvedge.deploy;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * One version of a function that was deployed once.
 *
 * @param number 1 for the first; a number is never used again for another artifact
 * @param sha256 of the artifact, in hex
 * @param size of the artifact in bytes
 * @param plain whether the main class is a plain verticle: no sessions
 * @param manifest absent for versions whose artifact is not kept any more
 */
public record FunctionVersion(
    int number,
    String sha256,
    long size,
    Instant deployedAt,
    boolean plain,
    Optional<Manifest> manifest) {

  /** Only versions whose artifact is kept can be rolled back to. */
  public boolean kept() {
    return manifest.isPresent();
  }

  FunctionVersion withoutArtifact() {
    return new FunctionVersion(number, sha256, size, deployedAt, plain, Optional.empty());
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("version", number)
            .put("sha256", sha256)
            .put("size", size)
            .put("deployedAt", deployedAt.toString())
            .put("plain", plain);
    manifest.ifPresent(present -> json.put("manifest", ManifestFormat.write(present)));
    return json;
  }

  static FunctionVersion of(JsonObject json) {
    return new FunctionVersion(
        json.getInteger("version"),
        json.getString("sha256"),
        json.getLong("size"),
        Instant.parse(json.getString("deployedAt")),
        json.getBoolean("plain", false),
        Optional.ofNullable(json.getJsonObject("manifest")).map(ManifestFormat::read));
  }
}
