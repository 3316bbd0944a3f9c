package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.ResponseStream;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.session.SessionId;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client's exchange that is served elsewhere. Confined to the client's lane. */
final class PassedOn {
  /** Headers that are about this connection only (RFC 9110 §7.6.1), or told by the body. */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "expect",
          "content-length");

  /** Bytes taken by the client that are told together, but for the last ones. */
  private static final long CREDIT_STEP = ForwardedExchange.WINDOW / 8;

  private final Forwarding forwarding;
  private final Lane lane;
  private final SessionId session;
  private final NodeId edge;
  private final long number;
  private final Exchange exchange;
  private final Runnable otherwise;
  private @Nullable ResponseStream stream;
  private @Nullable PassedOnSocket socket;
  private long untold;
  private boolean over;

  PassedOn(
      Forwarding forwarding,
      Lane lane,
      SessionId session,
      NodeId edge,
      long number,
      Exchange exchange,
      Runnable otherwise) {
    this.forwarding = forwarding;
    this.lane = lane;
    this.session = session;
    this.edge = edge;
    this.number = number;
    this.exchange = exchange;
    this.otherwise = otherwise;
  }

  /** The node that has the session. */
  NodeId edge() {
    return edge;
  }

  /** Sends the request; false if the node is gone. */
  boolean start(Buffer body) {
    exchange.onAborted(this::clientLost);
    return send(
        new ExchangeEnvelope.Request(
            number,
            lane.index(),
            session.lane(),
            exchange.method(),
            exchange.path(),
            exchange.rawQuery(),
            exchange.query(),
            endToEnd(exchange.headers()),
            exchange.remoteAddress(),
            exchange.isWebSocketHandshake(),
            body));
  }

  private static Map<String, String> endToEnd(Map<String, String> headers) {
    Map<String, String> kept = new HashMap<>(headers);
    kept.keySet().removeAll(HOP_BY_HOP);
    return kept;
  }

  private boolean send(ExchangeEnvelope envelope) {
    return forwarding.send(lane, edge, envelope);
  }

  void receive(ExchangeEnvelope envelope) {
    if (over) {
      return;
    }
    if (envelope instanceof ExchangeEnvelope.Head head) {
      begin(head);
    } else if (stream != null && envelope instanceof ExchangeEnvelope.Chunk chunk) {
      stream.write(chunk.bytes());
      untold += chunk.bytes().length();
      tellTaken(stream);
    } else if (stream != null && envelope instanceof ExchangeEnvelope.End) {
      end();
      stream.end();
    } else if (envelope instanceof SocketEnvelope ofSocket) {
      receive(ofSocket);
    }
  }

  private void receive(SocketEnvelope envelope) {
    if (envelope instanceof SocketEnvelope.Accept accept) {
      exchange
          .upgrade(accept.subprotocol(), accept.limits())
          .onSuccess(this::open)
          .onFailure(answered -> clientLost());
    } else if (socket != null && envelope instanceof SocketEnvelope.ToClient message) {
      socket.send(message.text(), message.payload());
    } else if (socket != null && envelope instanceof SocketEnvelope.Handled handled) {
      socket.handled(handled.weight());
    } else if (socket != null && envelope instanceof SocketEnvelope.Close close) {
      socket.close(close.reason());
    }
  }

  private void open(WebSocketConnection connection) {
    PassedOnSocket opened = new PassedOnSocket(connection, new ToSession(), this::sendTaken);
    socket = opened;
    send(new SocketEnvelope.Accepted(number, lane.index(), session.lane()));
    connection.listen(opened);
    if (over) {
      opened.close(CloseReason.SERVICE_RESTART);
    }
  }

  private void sendTaken(long weight) {
    send(new ExchangeEnvelope.Credit(number, lane.index(), session.lane(), weight));
  }

  private final class ToSession implements PassedOnSocket.Session {
    @Override
    public void message(boolean text, Buffer payload) {
      if (!over) {
        send(new SocketEnvelope.FromClient(number, lane.index(), session.lane(), text, payload));
      }
    }

    @Override
    public void closed(CloseReason reason) {
      if (!over) {
        end();
        send(new SocketEnvelope.Closed(number, lane.index(), session.lane(), reason));
      }
    }
  }

  private void begin(ExchangeEnvelope.Head head) {
    Buffer whole = head.body();
    if (whole != null) {
      end();
      exchange.respond(head.status(), head.headers(), whole);
      return;
    }
    ResponseStream begun = exchange.stream(head.status(), head.headers());
    stream = begun;
    begun.onDrained(() -> tellTaken(begun));
    begun.onClosed(this::clientLost);
  }

  private void tellTaken(ResponseStream to) {
    if (!over && to.writable() && untold >= CREDIT_STEP) {
      send(new ExchangeEnvelope.Credit(number, lane.index(), session.lane(), untold));
      untold = 0;
    }
  }

  private void clientLost() {
    if (!over) {
      end();
      send(new ExchangeEnvelope.Abort(number, lane.index(), session.lane()));
    }
  }

  /** The node that served this is gone, and its sessions with it. */
  void sessionLost() {
    if (over) {
      return;
    }
    end();
    if (socket != null) {
      socket.close(CloseReason.SERVICE_RESTART);
    } else if (stream == null) {
      otherwise.run();
    } else {
      stream.end();
    }
  }

  private void end() {
    over = true;
    forwarding.forget(lane, number);
  }
}
