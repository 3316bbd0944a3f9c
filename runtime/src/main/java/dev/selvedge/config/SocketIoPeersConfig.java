package dev.selvedge.config;

import java.time.Duration;
import java.util.Locale;

/**
 * {@code socketio.redis…} in {@code selvedge.yaml}: how to be a peer of Socket.IO servers that
 * share a Redis.
 *
 * @param url {@code redis://[[user]:password@]host[:port]}, or {@code rediss://} for TLS
 * @param key what the names of all channels begin with; default {@code socket.io}
 * @param adapter what the peers use; default classic
 * @param mode which channels a room has with the sharded adapter; default dynamic
 * @param timeout how long the peers may take to answer; default 5 s
 * @param ownChannels whether answers go to the asker alone; default to everyone's channel
 */
public record SocketIoPeersConfig(
    String url,
    String key,
    Adapter adapter,
    SubscriptionMode mode,
    Duration timeout,
    boolean ownChannels) {
  /** The adapters of the package {@code @socket.io/redis-adapter}. */
  public enum Adapter {
    /** {@code createAdapter}: PUBLISH and SUBSCRIBE. */
    CLASSIC,
    /** {@code createShardedAdapter}: SPUBLISH and SSUBSCRIBE, Redis 7. */
    SHARDED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The sharded adapter's {@code subscriptionMode}; all peers need the same. */
  public enum SubscriptionMode {
    /** All rooms of a namespace share a channel. */
    STATIC,
    /** Each room has a channel, but for those that look like ids of sockets. */
    DYNAMIC,
    /** Each room has a channel, those of ids too. */
    DYNAMIC_PRIVATE;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public SocketIoPeersConfig {
    Checks.redis("socketio.redis", url);
    if (key.isEmpty()) {
      throw new ConfigException("socketio.redis-key", "(empty)", "a name, such as socket.io");
    }
    Checks.durationInRange(
        "socketio.redis-timeout", timeout, Duration.ofMillis(10), Duration.ofHours(1));
  }

  /** Where it is, without the password. */
  public String place() {
    return Values.withoutPassword(url);
  }

  /** Leaves the password out. */
  @Override
  public String toString() {
    return "SocketIoPeersConfig[redis=%s key=%s adapter=%s]"
        .formatted(place(), key, adapter.word());
  }
}
