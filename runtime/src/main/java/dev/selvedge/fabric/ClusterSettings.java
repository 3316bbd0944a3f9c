package dev.selvedge.fabric;

import com.hazelcast.config.Config;
import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.core.HazelcastException;
import dev.selvedge.config.ConfigException;
import dev.selvedge.config.NodeConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hazelcast's configuration of a node: the XML file, and over it what the node's own configuration
 * says.
 */
final class ClusterSettings {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterSettings.class);
  private static final String DEFAULT_RESOURCE = "/cluster.xml";

  private ClusterSettings() {}

  /** Throws {@link ConfigException} for what cannot be used. */
  static Config read(NodeConfig node) {
    Config config = node.clusterFile().map(ClusterSettings::file).orElseGet(ClusterSettings::own);
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    if (config.getProperty("hazelcast.logging.type") == null) {
      config.setProperty("hazelcast.logging.type", "slf4j");
    }
    bind(config, node.clusterHost(), node.clusterPort());
    if (!node.join().isEmpty()) {
      join(config.getNetworkConfig().getJoin(), node.join());
    }
    return config;
  }

  /** What a failure to start means for the one who configured the node. */
  static RuntimeException explain(RuntimeException failure, NodeConfig node) {
    boolean bind = causedBy(failure, BindException.class);
    if (bind && failure instanceof HazelcastException) {
      return new ConfigException(
          "cluster.port", node.clusterPort(), "a port that is free on " + node.clusterHost());
    }
    if (bind) {
      return new ConfigException(
          "cluster.bus-port", node.busPort(), "a port that is free on " + node.clusterHost());
    }
    return failure;
  }

  private static void bind(Config config, String host, int port) {
    InetAddress address = localAddress(host);
    NetworkConfig network = config.getNetworkConfig();
    network.setPort(port).setPortAutoIncrement(false).setReuseAddress(true);
    network.getInterfaces().clear().setEnabled(true).addInterface(address.getHostAddress());
    config.setProperty("hazelcast.socket.bind.any", "false");
  }

  private static InetAddress localAddress(String host) {
    try {
      InetAddress address = InetAddress.getByName(host);
      if (address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) == null) {
        throw new ConfigException("cluster.host", host, "an address of this machine");
      }
      return address;
    } catch (IOException e) {
      throw withCause(new ConfigException("cluster.host", host, "an address of this machine"), e);
    }
  }

  private static void join(JoinConfig join, List<String> peers) {
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getKubernetesConfig().setEnabled(false);
    TcpIpConfig tcpIp = join.getTcpIpConfig().setEnabled(true);
    tcpIp.setRequiredMember(null);
    tcpIp.clear();
    peers.forEach(tcpIp::addMember);
    if (peers.stream().noneMatch(ClusterSettings::resolves)) {
      throw new ConfigException("cluster.join", String.join(",", peers), "hosts that resolve");
    }
  }

  private static boolean resolves(String peer) {
    String host = peer.substring(0, peer.lastIndexOf(':'));
    try {
      return InetAddress.getByName(host) != null;
    } catch (UnknownHostException e) {
      LOG.warn("peer to join does not resolve host={}", host);
      return false;
    }
  }

  private static Config file(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      return parse(in);
    } catch (IOException | InvalidConfigurationException e) {
      throw withCause(
          new ConfigException(
              "cluster.file", path, "a readable Hazelcast XML file; " + e.getMessage()),
          e);
    }
  }

  private static Config own() {
    try (InputStream in = ClusterSettings.class.getResourceAsStream(DEFAULT_RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("resource " + DEFAULT_RESOURCE + " is missing");
      }
      return parse(in);
    } catch (IOException e) {
      throw new IllegalStateException("resource " + DEFAULT_RESOURCE + " cannot be read", e);
    }
  }

  private static Config parse(InputStream in) {
    return new XmlConfigBuilder(in).build();
  }

  private static <E extends Exception> E withCause(E exception, Throwable cause) {
    exception.initCause(cause);
    return exception;
  }

  private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
