package dev.selvedge.protocol.socketio.redis;

import io.vertx.redis.client.Command;

/**
 * What a node is subscribed to.
 *
 * @param name of the channel, or the glob-style pattern
 */
record Subscription(Kind kind, String name) {
  /** How, by the words of Redis. */
  enum Kind {
    CHANNEL,
    PATTERN,
    SHARD;

    Command subscribe() {
      return switch (this) {
        case CHANNEL -> Command.SUBSCRIBE;
        case PATTERN -> Command.PSUBSCRIBE;
        case SHARD -> Command.SSUBSCRIBE;
      };
    }

    Command unsubscribe() {
      return switch (this) {
        case CHANNEL -> Command.UNSUBSCRIBE;
        case PATTERN -> Command.PUNSUBSCRIBE;
        case SHARD -> Command.SUNSUBSCRIBE;
      };
    }
  }

  static Subscription channel(String name) {
    return new Subscription(Kind.CHANNEL, name);
  }

  /** All channels that begin like this. */
  static Subscription prefix(String literal) {
    return new Subscription(Kind.PATTERN, literal.replaceAll("([\\\\*?\\[\\]])", "\\\\$1") + "*");
  }

  static Subscription shard(String name) {
    return new Subscription(Kind.SHARD, name);
  }
}
