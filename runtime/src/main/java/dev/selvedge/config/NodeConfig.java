package dev.selvedge.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code node:}, {@code admin:} and {@code cluster:} in {@code selvedge.yaml}.
 *
 * @param roles {@code edge} and {@code host}; default both
 * @param transport what its sockets are served with; default {@link IoTransport#AUTO}
 * @param eventLoops how many threads serve sockets and run functions; default 0: two for each core
 *     that the JVM may use
 * @param data the data directory; default {@code ~/.selvedge}. It holds {@code token}, {@code
 *     secret} and {@code artifacts/}, which nodes on one machine may share, and {@code
 *     node-<cluster port>/} (or {@code dev/}), which is one node's own
 * @param adminHost default {@code 127.0.0.1}
 * @param adminPort default 9090
 * @param clustered false for {@code dev}
 * @param clusterHost the address that peers reach this node at; default {@code 127.0.0.1}
 * @param clusterPort default 5701
 * @param busPort TCP port of the event bus; default 0: any free one
 * @param join {@code host:port} of peers; empty: as {@code cluster.xml} says
 * @param clusterFile a Hazelcast XML file; default: the {@code cluster.xml} in the jar
 * @param token the admin API's bearer token, if given from outside
 * @param secret the cluster's shared secret, if given from outside
 * @param acceptedSecret another one whose signatures are believed too, while the secret is changed
 * @param store {@code memory}, {@code hazelcast} or a {@code redis://} URL
 */
public record NodeConfig(
    List<String> roles,
    IoTransport transport,
    int eventLoops,
    Path data,
    String adminHost,
    int adminPort,
    boolean clustered,
    String clusterHost,
    int clusterPort,
    int busPort,
    List<String> join,
    Optional<Path> clusterFile,
    Optional<String> token,
    Optional<String> secret,
    Optional<String> acceptedSecret,
    String store) {
  private static final Set<String> ROLES = Set.of("edge", "host");

  public NodeConfig {
    roles = List.copyOf(roles);
    join = List.copyOf(join);
    if (roles.isEmpty() || !ROLES.containsAll(roles)) {
      throw new ConfigException("node.roles", String.join(",", roles), "edge, host or both");
    }
    Checks.inRange("node.event-loops", eventLoops, 0, 1024);
    Checks.notBlank("admin.host", adminHost);
    Checks.inRange("admin.port", adminPort, 0, 65_535);
    Checks.notBlank("cluster.host", clusterHost);
    Checks.inRange("cluster.port", clusterPort, 0, 65_535);
    Checks.inRange("cluster.bus-port", busPort, 0, 65_535);
    join.forEach(peer -> Checks.hostAndPort("cluster.join", peer));
    token.ifPresent(value -> Checks.credential("admin.token", value));
    secret.ifPresent(value -> Checks.credential("cluster.secret", value));
    acceptedSecret.ifPresent(value -> Checks.credential("cluster.accepted-secret", value));
    Checks.store("store", store);
  }

  /** What {@code start} has without a file, variables or flags. */
  public static NodeConfig defaults(Path data) {
    return new NodeConfig(
        List.of("edge", "host"),
        IoTransport.AUTO,
        0,
        data,
        "127.0.0.1",
        9090,
        true,
        "127.0.0.1",
        5701,
        0,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "hazelcast");
  }

  /** Leaves the credentials out. */
  @Override
  public String toString() {
    return "NodeConfig[roles=%s data=%s admin=%s:%d cluster=%s:%d join=%s store=%s]"
        .formatted(
            roles,
            data,
            adminHost,
            adminPort,
            clusterHost,
            clusterPort,
            join,
            Values.withoutPassword(store));
  }
}
