package dev.selvedge.session;

import dev.selvedge.config.SessionConfig;
import org.jspecify.annotations.Nullable;

/**
 * The way from a session to its client: straight through while the client keeps up, through a
 * bounded {@link Outbox} while it does not. Confined to the session's lane.
 */
final class Outflow {
  private ClientPort port;
  private final SessionConfig rules;

  /** Null while the client keeps up. */
  private @Nullable Outbox waiting;

  Outflow(ClientPort port, SessionConfig rules) {
    this.port = port;
    this.rules = rules;
  }

  /**
   * Sends a message, or keeps it until the client takes more.
   *
   * @param listener told of each older message of the session that the policy sacrifices
   * @return false if the outbound limit is reached and the policy is to disconnect
   */
  boolean offer(Outbound message, ClientSession session, SessionListener listener) {
    if (waiting == null && port.writable()) {
      port.send(message);
      return true;
    }
    if (message.isVolatile()) {
      listener.dropped(session);
      return true;
    }
    if (waiting == null) {
      waiting = new Outbox();
    }
    waiting.add(message, rules.outboundPolicy());
    return waiting.bytes() + port.pendingBytes() <= rules.outboundLimitBytes()
        || makeRoom(waiting, session, listener);
  }

  private boolean makeRoom(Outbox full, ClientSession session, SessionListener listener) {
    return switch (rules.outboundPolicy()) {
      case DISCONNECT -> false;
      case DROP_OLDEST, CONFLATE -> {
        long room = Math.max(0, rules.outboundLimitBytes() - port.pendingBytes());
        for (int count = full.dropOldest(room); count > 0; count--) {
          listener.dropped(session);
        }
        yield full.bytes() <= rules.outboundLimitBytes(); // replies alone may still be too much
      }
    };
  }

  /** Where the client is now. */
  ClientPort port() {
    return port;
  }

  /** Goes on with another port; what waited for the one before is forgotten. */
  void attach(ClientPort next) {
    port = next;
    waiting = null;
  }

  /** Whether something waits. */
  boolean isBehind() {
    return waiting != null;
  }

  /** The client takes more. */
  void drain() {
    Outbox rest = waiting;
    if (rest == null) {
      return;
    }
    while (waiting == rest && !rest.isEmpty() && port.writable()) {
      send(rest);
    }
    if (waiting == rest && rest.isEmpty()) {
      waiting = null;
    }
  }

  /** Sends what waits, whether the client takes it or not: the session ends. */
  void flush() {
    Outbox rest = waiting;
    waiting = null;
    while (rest != null && !rest.isEmpty()) {
      send(rest);
    }
  }

  private void send(Outbox rest) {
    Outbound next = rest.poll();
    if (next != null) {
      port.send(next);
    }
  }

  /** Forgets what waits. */
  void discard() {
    waiting = null;
  }
}
