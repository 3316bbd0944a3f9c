package dev.selvedge.protocol;

import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.function.CloseReason;
import dev.selvedge.session.Reasons;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the node that has a WebSocket and the node that has its session say to each other, after the
 * handshake was passed on as a {@link ExchangeEnvelope.Request}.
 */
sealed interface SocketEnvelope extends ExchangeEnvelope {
  int ACCEPT = 54;
  int ACCEPTED = 55;
  int TO_CLIENT = 56;
  int FROM_CLIENT = 57;
  int HANDLED = 58;
  int CLOSE = 59;
  int CLOSED = 60;

  /** What a message counts for besides its bytes. */
  int OVERHEAD = 64;

  static void receiveSocketsWith(Fabric fabric, dev.selvedge.fabric.Envelope.Receiver receiver) {
    fabric.register(ACCEPT, Accept::read, receiver);
    fabric.register(ACCEPTED, Accepted::read, receiver);
    fabric.register(TO_CLIENT, ToClient::read, receiver);
    fabric.register(FROM_CLIENT, FromClient::read, receiver);
    fabric.register(HANDLED, Handled::read, receiver);
    fabric.register(CLOSE, Close::read, receiver);
    fabric.register(CLOSED, Closed::read, receiver);
  }

  static long weight(Buffer message) {
    return message.length() + OVERHEAD;
  }

  // From the session's side.

  /** Answer 101. */
  record Accept(long exchange, int clientLane, @Nullable String subprotocol, WebSocketLimits limits)
      implements SocketEnvelope {
    @Override
    public int kind() {
      return ACCEPT;
    }

    @Override
    public int toLane() {
      return clientLane;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).text(subprotocol);
      out.number(limits.maxFrameBytes()).number(limits.maxMessageBytes());
      out.number(limits.heartbeat().toMillis()).number(limits.idle().toMillis());
      out.flag(limits.compression()).flag(limits.namesNormalEnd());
    }

    static Accept read(EnvelopeReader in) {
      return new Accept(
          in.number(),
          (int) in.number(),
          in.text(),
          new WebSocketLimits(
              (int) in.number(),
              (int) in.number(),
              Duration.ofMillis(in.number()),
              Duration.ofMillis(in.number()),
              in.flag(),
              in.flag()));
    }
  }

  /** A whole message to the client. */
  record ToClient(long exchange, int clientLane, boolean text, Buffer payload)
      implements SocketEnvelope {
    @Override
    public int kind() {
      return TO_CLIENT;
    }

    @Override
    public int toLane() {
      return clientLane;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).flag(text).bytes(payload);
    }

    static ToClient read(EnvelopeReader in) {
      return new ToClient(
          in.number(), (int) in.number(), in.flag(), ExchangeEnvelope.requiredBytes(in));
    }
  }

  /** Messages of that weight have been handled: read on. */
  record Handled(long exchange, int clientLane, long weight) implements SocketEnvelope {
    @Override
    public int kind() {
      return HANDLED;
    }

    @Override
    public int toLane() {
      return clientLane;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).number(weight);
    }

    static Handled read(EnvelopeReader in) {
      return new Handled(in.number(), (int) in.number(), in.number());
    }
  }

  /** Close the socket. */
  record Close(long exchange, int clientLane, CloseReason reason) implements SocketEnvelope {
    @Override
    public int kind() {
      return CLOSE;
    }

    @Override
    public int toLane() {
      return clientLane;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane);
      Reasons.write(out, reason);
    }

    static Close read(EnvelopeReader in) {
      return new Close(in.number(), (int) in.number(), Reasons.read(in));
    }
  }

  // From the client's side.

  @Override
  default boolean isForSession() {
    return this instanceof Accepted || this instanceof FromClient || this instanceof Closed;
  }

  /** The socket is open. */
  record Accepted(long exchange, int clientLane, int toLane) implements SocketEnvelope {
    @Override
    public int kind() {
      return ACCEPTED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).number(toLane);
    }

    static Accepted read(EnvelopeReader in) {
      return new Accepted(in.number(), (int) in.number(), (int) in.number());
    }
  }

  /** A whole message from the client. */
  record FromClient(long exchange, int clientLane, int toLane, boolean text, Buffer payload)
      implements SocketEnvelope {
    @Override
    public int kind() {
      return FROM_CLIENT;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).number(toLane).flag(text).bytes(payload);
    }

    static FromClient read(EnvelopeReader in) {
      return new FromClient(
          in.number(),
          (int) in.number(),
          (int) in.number(),
          in.flag(),
          ExchangeEnvelope.requiredBytes(in));
    }
  }

  /** The socket is closed. */
  record Closed(long exchange, int clientLane, int toLane, CloseReason reason)
      implements SocketEnvelope {
    @Override
    public int kind() {
      return CLOSED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).number(toLane);
      Reasons.write(out, reason);
    }

    static Closed read(EnvelopeReader in) {
      return new Closed(in.number(), (int) in.number(), (int) in.number(), Reasons.read(in));
    }
  }
}
