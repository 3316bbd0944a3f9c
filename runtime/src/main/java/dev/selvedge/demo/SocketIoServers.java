package dev.selvedge.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Two Node servers with the official Socket.IO, which find each other over a Redis of their own.
 */
final class SocketIoServers {
  private static final List<String> NAMES = List.of("ann", "bob");

  private final Path node;
  private final Path npm;
  private final Path redis;
  private final WorkFiles files;

  SocketIoServers(Path node, Path npm, Path redis, WorkFiles files) {
    this.node = node;
    this.npm = npm;
    this.redis = redis;
    this.files = files;
  }

  /** Starts Redis, then the servers; all that was started so far is in {@code children}. */
  List<Child> start(List<Child> children) throws IOException, InterruptedException {
    new NpmPackages(npm, files).fetch();
    files.copy("server.js");
    Child store = startRedis();
    children.add(store);
    store.awaitListening();
    List<Child> servers = new ArrayList<>();
    for (String name : NAMES) {
      Child server = startServer(name, store.port());
      children.add(server);
      servers.add(server);
    }
    for (Child server : servers) {
      server.awaitListening();
    }
    return servers;
  }

  private Child startRedis() throws IOException {
    int port = Child.freePort();
    return Child.start(
        "redis",
        files.directory(),
        port,
        List.of(
            redis.toString(),
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no"));
  }

  private Child startServer(String name, int redisPort) throws IOException {
    int port = Child.freePort();
    return Child.start(
        name,
        files.directory(),
        port,
        List.of(
            node.toString(),
            "server.js",
            name,
            Integer.toString(port),
            Integer.toString(redisPort)));
  }
}
