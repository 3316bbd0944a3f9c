package dev.selvedge.config;

import dev.selvedge.config.SocketIoPeersConfig.Adapter;
import dev.selvedge.config.SocketIoPeersConfig.SubscriptionMode;
import dev.selvedge.function.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads the configuration of a node: {@code selvedge.yaml}, over it the environment, over it the
 * flags of the command line. Throws {@link ConfigException} on the first thing that is wrong.
 */
public final class ConfigLoader {
  /** What kind of node the configuration is for. */
  public enum Mode {
    /** A node of a cluster. */
    START,
    /** One node for a developer: no cluster, on loopback, the store in memory. */
    DEV
  }

  private final Mode mode;
  private final Path workingDirectory;
  private final Path home;
  private final Map<String, String> environment;

  /**
   * @param workingDirectory where {@code selvedge.yaml} is looked for
   * @param home what {@code ~} stands for
   */
  public ConfigLoader(
      Mode mode, Path workingDirectory, Path home, Map<String, String> environment) {
    this.mode = mode;
    this.workingDirectory = workingDirectory;
    this.home = home;
    this.environment = Map.copyOf(environment);
  }

  /**
   * Reads and checks everything.
   *
   * @param file another file than {@code ./selvedge.yaml}; it must exist
   * @param flags values by key, such as {@code edge.port}
   */
  public Config load(Optional<Path> file, Map<String, String> flags) {
    Settings settings = new Settings();
    if (mode == Mode.DEV) {
      settings.set("edge.host", "dev", "127.0.0.1");
      settings.set("store", "dev", "memory");
    }
    ConfigFile.Named named = readFile(file, settings);
    new Environment(environment).readInto(settings);
    flags.forEach((key, value) -> settings.set(key, "command line", value));
    try {
      return new Config(
          node(settings),
          edge(settings),
          session(settings),
          recovery(settings),
          socketIo(settings),
          socketIoPeers(settings),
          signalR(settings),
          named.routing(),
          accessLog(settings),
          named.functions());
    } catch (ConfigException wrong) {
      throw settings.sourceOf(wrong.key()).map(wrong::foundIn).orElse(wrong);
    }
  }

  private ConfigFile.Named readFile(Optional<Path> named, Settings settings) {
    Path standard = workingDirectory.resolve("selvedge.yaml");
    if (named.isPresent()) {
      return new ConfigFile(workingDirectory.resolve(named.get())).readInto(settings);
    }
    return Files.exists(standard)
        ? new ConfigFile(standard).readInto(settings)
        : ConfigFile.Named.NONE;
  }

  private EdgeConfig edge(Settings settings) {
    return new EdgeConfig(
        settings.text("edge.host"),
        settings.number("edge.port"),
        settings.size("edge.max-header"),
        settings.size("edge.max-body"),
        settings.duration("edge.header-deadline"),
        settings.duration("edge.body-deadline"),
        settings.duration("edge.keep-alive"),
        settings.number("edge.max-connections-per-ip"),
        settings.list("edge.trusted-proxies"),
        settings.truth("edge.proxy-protocol"),
        settings.list("edge.origins"),
        transports(settings.list("edge.transports")),
        new EdgeConfig.WebSocketConfig(
            settings.size("edge.websocket.max-frame"),
            settings.size("edge.websocket.max-message"),
            settings.duration("edge.websocket.heartbeat"),
            settings.duration("edge.websocket.idle"),
            settings.truth("edge.websocket.compression")),
        settings.duration("edge.longpoll-wait"),
        settings.duration("edge.linger"),
        tls(settings));
  }

  private Optional<TlsConfig> tls(Settings settings) {
    List<Path> certificates =
        settings.list("edge.tls.certificate").stream().map(this::path).toList();
    List<Path> keys = settings.list("edge.tls.key").stream().map(this::path).toList();
    if (certificates.isEmpty() && keys.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new TlsConfig(
            settings.number("edge.tls.port"),
            certificates,
            keys,
            settings.text("edge.tls.min-version"),
            settings.duration("edge.tls.handshake-deadline"),
            settings.duration("edge.tls.hsts"),
            settings.number("edge.tls.redirect-port")));
  }

  private static List<Transport> transports(List<String> words) {
    List<Transport> transports = new ArrayList<>();
    for (String word : words) {
      transports.add(oneOf("edge.transports", word, Transport.values(), Transport::word));
    }
    return transports;
  }

  private AccessLogConfig accessLog(Settings settings) {
    String text = settings.text("edge.access-log");
    return switch (text) {
      case "false" -> AccessLogConfig.NONE;
      case "true" -> new AccessLogConfig(true, Optional.empty());
      default -> new AccessLogConfig(true, Optional.of(path(text)));
    };
  }

  private static SessionConfig session(Settings settings) {
    String policy = settings.text("session.outbound-policy");
    return new SessionConfig(
        settings.number("session.inbound-credit"),
        settings.size("session.outbound-limit"),
        oneOf("session.outbound-policy", policy, OutboundPolicy.values(), OutboundPolicy::word));
  }

  private static RecoveryConfig recovery(Settings settings) {
    return new RecoveryConfig(
        settings.duration("session.recovery-window"), settings.size("session.recovery-buffer"));
  }

  private static SocketIoConfig socketIo(Settings settings) {
    return new SocketIoConfig(
        settings.duration("socketio.ping-interval"),
        settings.duration("socketio.ping-timeout"),
        settings.duration("socketio.upgrade-timeout"),
        settings.duration("socketio.connect-timeout"),
        settings.size("socketio.max-payload"),
        settings.list("socketio.transports").stream()
            .map(
                word ->
                    oneOf(
                        "socketio.transports",
                        word,
                        SocketIoConfig.Transport.values(),
                        SocketIoConfig.Transport::word))
            .toList(),
        settings.optional("socketio.cookie"));
  }

  private static Optional<SocketIoPeersConfig> socketIoPeers(Settings settings) {
    String adapter = settings.text("socketio.redis-adapter");
    String mode = settings.text("socketio.redis-mode");
    return settings
        .optional("socketio.redis")
        .map(
            url ->
                new SocketIoPeersConfig(
                    url,
                    settings.text("socketio.redis-key"),
                    oneOf("socketio.redis-adapter", adapter, Adapter.values(), Adapter::word),
                    oneOf(
                        "socketio.redis-mode",
                        mode,
                        SubscriptionMode.values(),
                        SubscriptionMode::word),
                    settings.duration("socketio.redis-timeout"),
                    settings.truth("socketio.redis-own-channels")));
  }

  private static SignalRConfig signalR(Settings settings) {
    return new SignalRConfig(
        settings.duration("signalr.keep-alive"),
        settings.duration("signalr.client-timeout"),
        settings.duration("signalr.handshake-timeout"),
        settings.duration("signalr.disconnect-timeout"),
        settings.duration("signalr.poll-wait"),
        settings.size("signalr.max-message"),
        settings.size("signalr.resume-buffer"),
        settings.truth("signalr.detailed-errors"),
        settings.optional("signalr.redirect"));
  }

  private NodeConfig node(Settings settings) {
    boolean clustered = mode == Mode.START;
    String store = settings.text("store");
    return new NodeConfig(
        settings.list("node.roles"),
        oneOf(
            "node.transport",
            settings.text("node.transport"),
            IoTransport.values(),
            IoTransport::word),
        settings.number("node.event-loops"),
        path(settings.text("node.data")),
        settings.text("admin.host"),
        settings.number("admin.port"),
        clustered,
        settings.text("cluster.host"),
        settings.number("cluster.port"),
        settings.number("cluster.bus-port"),
        settings.list("cluster.join"),
        settings.optional("cluster.file").map(this::path).map(ConfigLoader::readable),
        settings.optional("admin.token"),
        settings.optional("cluster.secret"),
        settings.optional("cluster.accepted-secret"),
        // Without a cluster there is no Hazelcast.
        !clustered && store.equals("hazelcast") ? "memory" : store);
  }

  private static Path readable(Path file) {
    if (!Files.isReadable(file)) {
      throw new ConfigException("cluster.file", file, "a readable Hazelcast XML file");
    }
    return file;
  }

  private Path path(String text) {
    boolean below = text.startsWith("~/");
    Path path = text.equals("~") ? home : below ? home.resolve(text.substring(2)) : Path.of(text);
    return workingDirectory.resolve(path).toAbsolutePath().normalize();
  }

  private static <E> E oneOf(String key, String word, E[] values, Function<E, String> wordOf) {
    return Stream.of(values)
        .filter(value -> wordOf.apply(value).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    key, word, String.join(", ", Stream.of(values).map(wordOf).toList())));
  }
}
