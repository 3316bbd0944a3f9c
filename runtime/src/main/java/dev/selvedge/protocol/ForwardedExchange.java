package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.edge.ResponseStream;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.fabric.Lane;
import dev.selvedge.function.CloseReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose client is on another lane, perhaps of another node. Confined to the lane that
 * it was passed on to.
 */
final class ForwardedExchange implements Exchange {
  /**
   * Bytes of an answer that may be under way: written, and not taken by the client's connection.
   */
  static final long WINDOW = 256 * 1024;

  private final Forwarding forwarding;
  private final Lane lane;
  private final Forwarding.Key key;
  private final ExchangeEnvelope.Request request;
  private @Nullable Stream stream;
  private @Nullable ForwardedSocket socket;
  private @Nullable Promise<WebSocketConnection> upgrading;
  private Runnable onAborted = () -> {};
  private boolean answered;
  private boolean over;

  ForwardedExchange(
      Forwarding forwarding, Lane lane, Forwarding.Key key, ExchangeEnvelope.Request request) {
    this.forwarding = forwarding;
    this.lane = lane;
    this.key = key;
    this.request = request;
  }

  Forwarding.Key key() {
    return key;
  }

  // What the client's side says.

  void receive(ExchangeEnvelope envelope) {
    if (envelope instanceof ExchangeEnvelope.Credit credit && socket != null) {
      socket.taken(credit.bytes());
    } else if (envelope instanceof ExchangeEnvelope.Credit credit && stream != null) {
      stream.taken(credit.bytes());
    } else if (envelope instanceof ExchangeEnvelope.Abort) {
      abort();
    } else if (envelope instanceof SocketEnvelope ofSocket) {
      receive(ofSocket);
    }
  }

  private void receive(SocketEnvelope envelope) {
    if (upgrading != null && envelope instanceof SocketEnvelope.Accepted) {
      ForwardedSocket opened = new ForwardedSocket(new ToClient(), this::sendHandled);
      socket = opened;
      Promise<WebSocketConnection> waiting = upgrading;
      upgrading = null;
      waiting.complete(opened);
    } else if (socket != null && envelope instanceof SocketEnvelope.FromClient message) {
      socket.receive(message.text(), message.payload());
    } else if (socket != null && envelope instanceof SocketEnvelope.Closed closed) {
      end();
      socket.closed(closed.reason());
    }
  }

  private void sendHandled(long weight) {
    send(new SocketEnvelope.Handled(key.number(), key.clientLane(), weight));
  }

  private final class ToClient implements ForwardedSocket.Client {
    @Override
    public void message(boolean text, Buffer payload) {
      send(new SocketEnvelope.ToClient(key.number(), key.clientLane(), text, payload));
    }

    @Override
    public void close(CloseReason reason) {
      send(new SocketEnvelope.Close(key.number(), key.clientLane(), reason));
    }
  }

  /** The client, or its node, is gone. */
  void abort() {
    if (!over) {
      end();
      if (socket != null) {
        socket.closed(CloseReason.LOST);
      }
      if (upgrading != null) {
        upgrading.fail(new HttpError(400, "gone", "the client went away"));
      }
      if (stream != null) {
        stream.onClosed.run();
      }
      onAborted.run();
    }
  }

  private void end() {
    over = true;
    forwarding.forget(lane, key);
  }

  // The request.

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String path() {
    return request.path();
  }

  @Override
  public String rawQuery() {
    return request.rawQuery();
  }

  @Override
  public Map<String, String> query() {
    return request.query();
  }

  @Override
  public Map<String, String> headers() {
    return request.headers();
  }

  @Override
  public String remoteAddress() {
    return request.remoteAddress();
  }

  @Override
  public Future<Buffer> body() {
    return Future.succeededFuture(request.body());
  }

  @Override
  public boolean isWebSocketHandshake() {
    return request.webSocket();
  }

  @Override
  public Future<WebSocketConnection> upgrade(@Nullable String subprotocol, WebSocketLimits limits) {
    if (answered || over || !request.webSocket()) {
      HttpError error = new HttpError(400, "bad-websocket-handshake", "no handshake, or answered");
      fail(error);
      return Future.failedFuture(error);
    }
    answered = true;
    Promise<WebSocketConnection> accepting = Promise.promise();
    upgrading = accepting;
    send(new SocketEnvelope.Accept(key.number(), key.clientLane(), subprotocol, limits));
    return accepting.future();
  }

  // The answer.

  @Override
  public void respond(int status, Map<String, String> headers, Buffer body) {
    if (!answered && !over) {
      answered = true;
      end();
      send(new ExchangeEnvelope.Head(key.number(), key.clientLane(), status, headers, body));
    }
  }

  @Override
  public ResponseStream stream(int status, Map<String, String> headers) {
    Stream begun = new Stream();
    if (!answered && !over) {
      answered = true;
      stream = begun;
      send(new ExchangeEnvelope.Head(key.number(), key.clientLane(), status, headers, null));
    }
    return begun;
  }

  @Override
  public void onAborted(Runnable action) {
    if (over && !answered) {
      action.run();
    } else {
      onAborted = action;
    }
  }

  private void send(ExchangeEnvelope envelope) {
    // If the client's node is gone, its leaving aborts this exchange.
    forwarding.send(lane, key.client(), envelope);
  }

  private final class Stream implements ResponseStream {
    private long underWay;
    private Runnable onDrained = () -> {};
    private Runnable onClosed = () -> {};

    private boolean isOpen() {
      return stream == this && !over;
    }

    void taken(long bytes) {
      boolean full = !writable();
      underWay -= bytes;
      if (full && writable()) {
        onDrained.run();
      }
    }

    @Override
    public void write(Buffer chunk) {
      if (isOpen() && chunk.length() > 0) {
        underWay += chunk.length();
        send(new ExchangeEnvelope.Chunk(key.number(), key.clientLane(), chunk));
      }
    }

    @Override
    public void end() {
      if (isOpen()) {
        ForwardedExchange.this.end();
        send(new ExchangeEnvelope.End(key.number(), key.clientLane()));
      }
    }

    @Override
    public long pendingBytes() {
      return underWay;
    }

    @Override
    public boolean writable() {
      return underWay < WINDOW;
    }

    @Override
    public void onDrained(Runnable action) {
      onDrained = action;
    }

    @Override
    public void onClosed(Runnable action) {
      if (isOpen()) {
        onClosed = action;
      } else {
        action.run();
      }
    }
  }
}
