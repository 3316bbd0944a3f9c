package dev.selvedge.deploy;

import dev.selvedge.config.Config;
import dev.selvedge.config.NodeConfig;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What deploy needs to know of a node's configuration, and its deadlines.
 *
 * @param data the data directory: {@code artifacts/} in it may be shared by the nodes of a machine
 * @param own the directory in {@code data} that is this node's own: {@code catalog/} is in it
 * @param maxArtifactBytes default 256 MiB
 * @param functions settings by function name, merged over the manifest's {@code config}
 * @param start from the first instance to the last that has started; default 30 s
 * @param rollout for all hosts to be ready; default 60 s
 * @param settle for all nodes to serve a new version and to have left the old one; default 30 s;
 *     after it a deploy succeeds with a warning
 * @param drain for sessions to leave an old version on a node; default 10 s
 */
public record DeploySettings(
    Path data,
    Path own,
    long maxArtifactBytes,
    Map<String, JsonObject> functions,
    Duration start,
    Duration rollout,
    Duration settle,
    Duration drain) {
  /** The default of {@link #maxArtifactBytes}. */
  public static final long MAX_ARTIFACT_BYTES = 256L << 20;

  public DeploySettings {
    functions = Map.copyOf(functions);
  }

  /** The defaults, for a data directory. */
  public static DeploySettings in(Path data, Path own) {
    return new DeploySettings(
        data,
        own,
        MAX_ARTIFACT_BYTES,
        Map.of(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10));
  }

  /** The settings of a node. */
  public static DeploySettings of(Config config) {
    NodeConfig node = config.node();
    String own = node.clustered() ? "node-" + node.clusterPort() : "dev";
    return in(node.data(), node.data().resolve(own)).withFunctions(config.functions());
  }

  public DeploySettings withFunctions(Map<String, JsonObject> settings) {
    return new DeploySettings(data, own, maxArtifactBytes, settings, start, rollout, settle, drain);
  }

  /** A manifest's {@code config} with this node's settings for the function on top. */
  JsonObject settings(Manifest manifest) {
    return manifest
        .config()
        .copy()
        .mergeIn(functions.getOrDefault(manifest.name(), new JsonObject()), true);
  }
}
