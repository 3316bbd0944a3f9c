package dev.selvedge.cli;

import dev.selvedge.config.Config;
import dev.selvedge.config.ConfigLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The flags that {@code start} and {@code dev} have in common. They are the last word over file and
 * environment; the configuration checks their values.
 */
final class NodeOptions {
  private final Console console;
  private final Map<String, String> flags = new HashMap<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Default: ./selvedge.yaml if it is there")
  private @Nullable String config;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      description = "How long clients may take to leave when the node stops. Default: 10")
  private int grace = 10;

  @Option(names = "--verbose", description = "Log more, and show where errors come from")
  private boolean verbose;

  NodeOptions(Console console) {
    this.console = console;
  }

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "For clients. Default: 8080; 0: any free one")
  void port(String value) {
    flags.put("edge.port", value);
  }

  @Option(names = "--host", paramLabel = "HOST", description = "Address to listen on for clients")
  void host(String value) {
    flags.put("edge.host", value);
  }

  @Option(
      names = "--tls-port",
      paramLabel = "PORT",
      description = "For clients with TLS. Default: 8443 if there is a certificate")
  void tlsPort(String value) {
    flags.put("edge.tls.port", value);
  }

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Certificate chain in PEM: clients may come with TLS")
  void tlsCertificate(String value) {
    flags.put("edge.tls.certificate", value);
  }

  @Option(names = "--tls-key", paramLabel = "FILE", description = "The certificate's key in PEM")
  void tlsKey(String value) {
    flags.put("edge.tls.key", value);
  }

  @Option(
      names = "--admin-port",
      paramLabel = "PORT",
      description = "Default: 9090; 0: any free one")
  void adminPort(String value) {
    flags.put("admin.port", value);
  }

  @Option(
      names = "--admin-host",
      paramLabel = "HOST",
      description = "Address of the admin API. Default: 127.0.0.1")
  void adminHost(String value) {
    flags.put("admin.host", value);
  }

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory. Default: ~/.selvedge")
  void data(String value) {
    flags.put("node.data", value);
  }

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "memory, hazelcast or a redis:// URL")
  void store(String value) {
    flags.put("store", value);
  }

  /** Sets a key that only one of the commands has a flag for. */
  void set(String key, @Nullable String value) {
    if (value != null) {
      flags.put(key, value);
    }
  }

  /**
   * Takes a file that a command has made.
   *
   * @throws CommandException if the user has named one: two files cannot both hold
   */
  void config(Path made) {
    if (config != null) {
      throw CommandException.usage("--config: " + config + " (expected: none beside --demo)");
    }
    config = made.toString();
  }

  Console console() {
    return console;
  }

  boolean verbose() {
    return verbose;
  }

  Duration grace() {
    return Duration.ofSeconds(grace);
  }

  Config load(ConfigLoader.Mode mode) {
    Optional<Path> file =
        Optional.ofNullable(config)
            .or(() -> console.variable("SELVEDGE_CONFIG"))
            .map(console::resolve);
    return new ConfigLoader(mode, console.workingDirectory(), console.home(), console.environment())
        .load(file, flags);
  }
}
