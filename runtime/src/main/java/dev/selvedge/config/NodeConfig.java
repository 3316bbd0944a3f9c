package dev.selvedge.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code node:}, {@code admin:} and {@code cluster:} in {@code selvedge.yaml}.
 *
 * @param roles {@code edge} and {@code host}; default both
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
 * @param store {@code memory}, {@code hazelcast} or a {@code redis://} URL
 */
public record NodeConfig(
    List<String> roles,
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
    String store) {}
