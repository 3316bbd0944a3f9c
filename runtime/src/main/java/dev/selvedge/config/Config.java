package dev.selvedge.config;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;

/**
 * The whole configuration of a node, checked once at the door.
 *
 * @param functions {@code functions:}: settings by function name, merged over the manifest's {@code
 *     config}
 */
public record Config(
    NodeConfig node,
    EdgeConfig edge,
    SessionConfig session,
    RecoveryConfig recovery,
    SocketIoConfig socketIo,
    Optional<SocketIoPeersConfig> socketIoPeers,
    SignalRConfig signalR,
    RoutingConfig routing,
    AccessLogConfig accessLog,
    Map<String, JsonObject> functions) {
  public Config {
    functions = Map.copyOf(functions);
  }
}
