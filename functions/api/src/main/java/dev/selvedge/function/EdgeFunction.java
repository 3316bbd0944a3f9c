package dev.selvedge.function;

import dev.selvedge.function.spi.FunctionCallbacks;
import dev.selvedge.function.spi.FunctionServices;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A function: code that serves the sessions of the clients connected to its routes.
 *
 * <p>The clients' sockets belong to the edge, not to the function. A session reaches an instance of
 * the function through the fabric, and may move to another instance (a new version, another node)
 * between any two messages; what must survive the move belongs in {@link Session#state()} or in a
 * {@link #store(String) store}, not in fields.
 *
 * <p><b>Order.</b> The callbacks of one session are called one at a time, in the order in which the
 * client sent: {@code onOpen}, then {@code onMessage} for each message, then {@code onClose}. The
 * next one waits until the {@link Future} returned by the previous one has completed. Callbacks of
 * different sessions interleave whenever a future is pending.
 *
 * <p><b>Threads.</b> With {@code threading: event-loop} (the default) every callback of an instance
 * runs on one event loop and must not block. With {@code virtual} (JDK 21 and later; {@code worker}
 * below) or {@code worker} it may block, and callbacks of one instance still never run at the same
 * time.
 *
 * <p><b>Failures.</b> A callback that throws, or whose future fails, does not end the session: the
 * client gets an error reply if it asked for a reply, the error is logged once and counted. The one
 * exception is {@code onOpen}: if it fails, the session is refused.
 *
 * <p>{@code start()} and {@code stop()} are those of a Vert.x verticle; the services of this class
 * may be used in both.
 */
public abstract class EdgeFunction extends VerticleBase {
  private @Nullable FunctionServices services;

  /**
   * A client has connected. A failed future refuses it: the client is closed with {@link
   * CloseReason#REFUSED} and the message of the {@link FunctionException}, and {@code onClose} is
   * not called.
   */
  protected Future<?> onOpen(Session client) {
    return Future.succeededFuture();
  }

  /** A message from a client. See the class comment for order and failures. */
  protected Future<?> onMessage(Session client, Message message) {
    return Future.succeededFuture();
  }

  /** The session has ended, for whatever reason. Nothing more can be sent to it. */
  protected Future<?> onClose(Session client, CloseReason reason) {
    return Future.succeededFuture();
  }

  /**
   * A call without a session: an HTTP POST to the route, the command line, the event bus, or
   * another function. The value of the future is the answer: null, a Boolean, a Number, a String, a
   * {@code JsonObject}, a {@code JsonArray} or a {@code Buffer}.
   */
  protected Future<?> onCall(Call call) {
    return Future.failedFuture(
        new FunctionException("not-callable", "function " + name() + " does not take calls"));
  }

  /**
   * A message from another Socket.IO server, which shares Redis with this cluster: its {@code
   * serverSideEmit}. Every node of the cluster gets it and calls one instance of each function that
   * has the namespace. The value of the future is the answer, if the peer asked for one; of the
   * same types as that of {@link #onCall}.
   */
  protected Future<?> onPeerMessage(PeerMessage message) {
    return Future.succeededFuture();
  }

  /** The name under which this function is deployed. */
  protected final String name() {
    return services().name();
  }

  /** The version of this deployment: 1 for the first, one more for each that follows. */
  protected final int version() {
    return services().version();
  }

  /** The configuration of this function: {@code config} of its manifest; never null. */
  protected final JsonObject settings() {
    return services().settings();
  }

  /** A logger named {@code function.<name>}; its lines carry the function's name and version. */
  protected final System.Logger log() {
    return services().log();
  }

  /** Named sets of sessions, across all nodes and protocols. */
  protected final Groups groups() {
    return services().groups();
  }

  /** Sessions by id, wherever in the cluster they are. */
  protected final Sessions sessions() {
    return services().sessions();
  }

  /** The Socket.IO servers outside of the cluster that share Redis with it. */
  protected final Peers peers() {
    return services().peers();
  }

  /** A named key-value store shared by all instances of all functions that open the same name. */
  protected final Store store(String name) {
    return services().store(name);
  }

  /**
   * Calls another function's {@link #onCall}, on the nearest node that hosts it.
   *
   * @param body null, Boolean, Number, String, JsonObject, JsonArray or Buffer
   * @return the answer, of the same types; fails with the callee's {@link FunctionException}, or
   *     with code {@code no-such-function}
   */
  protected final Future<@Nullable Object> call(String function, @Nullable Object body) {
    return services().call(function, body);
  }

  /**
   * Called once by the runtime, before {@code start()}; not for function authors.
   *
   * @return the way in: the callbacks of this instance
   * @throws IllegalStateException if the instance is attached already
   */
  public final FunctionCallbacks attach(FunctionServices given) {
    if (services != null) {
      throw new IllegalStateException("already attached: " + getClass().getName());
    }
    services = Objects.requireNonNull(given);
    return new FunctionCallbacks() {
      @Override
      public Future<?> open(Session client) {
        return onOpen(client);
      }

      @Override
      public Future<?> message(Session client, Message message) {
        return onMessage(client, message);
      }

      @Override
      public Future<?> close(Session client, CloseReason reason) {
        return onClose(client, reason);
      }

      @Override
      public Future<?> call(Call call) {
        return PeerMessage.isIn(call) ? onPeerMessage(PeerMessage.of(call)) : onCall(call);
      }
    };
  }

  private FunctionServices services() {
    if (services == null) {
      throw new IllegalStateException(
          "not attached yet: the runtime's services are there from start() on, not in the"
              + " constructor");
    }
    return services;
  }
}
