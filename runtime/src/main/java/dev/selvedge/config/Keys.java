package dev.selvedge.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Every key of the configuration with its default, as it would be written. {@code
 * docs/configuration.md} has the same list with explanations.
 */
final class Keys {
  /**
   * A key.
   *
   * @param name as in {@code selvedge.yaml}, sections joined by dots
   * @param standard the default; empty for none
   * @param secret whether its value must not be shown
   */
  record Key(String name, String standard, boolean secret) {
    /** The environment variable that sets it: {@code SELVEDGE_EDGE_PORT} for {@code edge.port}. */
    String variable() {
      return "SELVEDGE_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** A shorter name of the variable, if it has one. */
    Optional<String> shortVariable() {
      return switch (name) {
        case "node.data" -> Optional.of("SELVEDGE_DATA");
        case "admin.token" -> Optional.of("SELVEDGE_TOKEN");
        case "cluster.secret" -> Optional.of("SELVEDGE_SECRET");
        default -> Optional.empty();
      };
    }
  }

  static final List<Key> ALL =
      List.of(
          key("edge.host", "0.0.0.0"),
          key("edge.port", "8080"),
          key("edge.max-header", "16KiB"),
          key("edge.max-body", "1MiB"),
          key("edge.header-deadline", "10s"),
          key("edge.body-deadline", "30s"),
          key("edge.keep-alive", "75s"),
          key("edge.max-connections-per-ip", "1000"),
          key("edge.trusted-proxies", ""),
          key("edge.proxy-protocol", "false"),
          key("edge.origins", ""),
          key("edge.transports", "websocket,sse,longpoll"),
          key("edge.longpoll-wait", "25s"),
          key("edge.linger", "30s"),
          key("edge.access-log", "false"),
          key("edge.websocket.max-frame", "64KiB"),
          key("edge.websocket.max-message", "256KiB"),
          key("edge.websocket.heartbeat", "25s"),
          key("edge.websocket.idle", "0"),
          key("edge.websocket.compression", "false"),
          key("edge.tls.certificate", ""),
          key("edge.tls.key", ""),
          key("edge.tls.port", "8443"),
          key("edge.tls.min-version", "TLSv1.2"),
          key("edge.tls.handshake-deadline", "10s"),
          key("edge.tls.hsts", "0"),
          key("edge.tls.redirect-port", "0"),
          key("session.inbound-credit", "32"),
          key("session.outbound-limit", "1MiB"),
          key("session.outbound-policy", "disconnect"),
          key("session.recovery-window", "0"),
          key("session.recovery-buffer", "16MiB"),
          key("socketio.ping-interval", "25s"),
          key("socketio.ping-timeout", "20s"),
          key("socketio.upgrade-timeout", "10s"),
          key("socketio.connect-timeout", "45s"),
          key("socketio.max-payload", "1000000"),
          key("socketio.transports", "polling,websocket"),
          key("socketio.cookie", ""),
          new Key("socketio.redis", "", true),
          key("socketio.redis-key", "socket.io"),
          key("socketio.redis-adapter", "classic"),
          key("socketio.redis-mode", "dynamic"),
          key("socketio.redis-timeout", "5s"),
          key("socketio.redis-own-channels", "false"),
          key("signalr.keep-alive", "15s"),
          key("signalr.client-timeout", "30s"),
          key("signalr.handshake-timeout", "15s"),
          key("signalr.disconnect-timeout", "15s"),
          key("signalr.poll-wait", "90s"),
          key("signalr.max-message", "32KiB"),
          key("signalr.resume-buffer", "100000"),
          key("signalr.detailed-errors", "false"),
          key("signalr.redirect", ""),
          key("node.roles", "edge,host"),
          key("node.transport", "auto"),
          key("node.event-loops", "0"),
          key("node.data", "~/.selvedge"),
          key("admin.host", "127.0.0.1"),
          key("admin.port", "9090"),
          new Key("admin.token", "", true),
          key("cluster.host", "127.0.0.1"),
          key("cluster.port", "5701"),
          key("cluster.bus-port", "0"),
          key("cluster.join", ""),
          key("cluster.file", ""),
          new Key("cluster.secret", "", true),
          new Key("cluster.accepted-secret", "", true),
          key("store", "hazelcast"));

  private Keys() {}

  private static Key key(String name, String standard) {
    return new Key(name, standard, false);
  }

  static Optional<Key> named(String name) {
    return ALL.stream().filter(key -> key.name().equals(name)).findFirst();
  }

  /** Whether there are keys below {@code name}. */
  static boolean isSection(String name) {
    return ALL.stream().anyMatch(key -> key.name().startsWith(name + "."));
  }

  static Optional<Key> ofVariable(String variable) {
    return ALL.stream()
        .filter(
            key ->
                key.variable().equals(variable)
                    || key.shortVariable().filter(variable::equals).isPresent())
        .findFirst();
  }
}
