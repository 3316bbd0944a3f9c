package dev.selvedge.protocol;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.fabric.Fabric;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the node that has the client and the node that has the session say to each other about one
 * HTTP exchange. Requests, credits and aborts go to the session's lane, answers to the client's.
 */
sealed interface ExchangeEnvelope extends Envelope
    permits ExchangeEnvelope.Request,
        ExchangeEnvelope.Credit,
        ExchangeEnvelope.Abort,
        ExchangeEnvelope.Head,
        ExchangeEnvelope.Chunk,
        ExchangeEnvelope.End,
        SocketEnvelope {
  int REQUEST = 48;
  int HEAD = 49;
  int CHUNK = 50;
  int END = 51;
  int CREDIT = 52;
  int ABORT = 53;

  /** The exchange: a number that the client's lane gave it. */
  long exchange();

  /** The lane that has the client. */
  int clientLane();

  /** The lane that this is for. */
  int toLane();

  /** Whether it goes to the session's side, else to the client's. */
  default boolean isForSession() {
    return this instanceof Request || this instanceof Credit || this instanceof Abort;
  }

  static void receiveWith(Fabric fabric, Envelope.Receiver receiver) {
    fabric.register(REQUEST, Request::read, receiver);
    fabric.register(HEAD, Head::read, receiver);
    fabric.register(CHUNK, Chunk::read, receiver);
    fabric.register(END, End::read, receiver);
    fabric.register(CREDIT, Credit::read, receiver);
    fabric.register(ABORT, Abort::read, receiver);
    SocketEnvelope.receiveSocketsWith(fabric, receiver);
  }

  // From the client's side.

  /**
   * A request with its whole body.
   *
   * @param webSocket whether it asks to become a WebSocket
   */
  record Request(
      long exchange,
      int clientLane,
      int toLane,
      String method,
      String path,
      String rawQuery,
      Map<String, String> query,
      Map<String, String> headers,
      String remoteAddress,
      boolean webSocket,
      Buffer body)
      implements ExchangeEnvelope {
    @Override
    public int kind() {
      return REQUEST;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).number(toLane);
      out.text(method).text(path).text(rawQuery);
      out.textMap(query).textMap(headers);
      out.text(remoteAddress).flag(webSocket).bytes(body);
    }

    static Request read(EnvelopeReader in) {
      return new Request(
          in.number(),
          (int) in.number(),
          (int) in.number(),
          in.requiredText(),
          in.requiredText(),
          in.requiredText(),
          in.textMap(),
          in.textMap(),
          in.requiredText(),
          in.flag(),
          requiredBytes(in));
    }
  }

  /** The client's connection has taken so many bytes more of the answer, or of messages. */
  record Credit(long exchange, int clientLane, int toLane, long bytes) implements ExchangeEnvelope {
    @Override
    public int kind() {
      return CREDIT;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).number(toLane).number(bytes);
    }

    static Credit read(EnvelopeReader in) {
      return new Credit(in.number(), (int) in.number(), (int) in.number(), in.number());
    }
  }

  /** The client went away. */
  record Abort(long exchange, int clientLane, int toLane) implements ExchangeEnvelope {
    @Override
    public int kind() {
      return ABORT;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).number(toLane);
    }

    static Abort read(EnvelopeReader in) {
      return new Abort(in.number(), (int) in.number(), (int) in.number());
    }
  }

  // From the session's side.

  /**
   * Status and headers.
   *
   * @param body the whole body, or null if chunks follow
   */
  record Head(
      long exchange, int clientLane, int status, Map<String, String> headers, @Nullable Buffer body)
      implements ExchangeEnvelope {
    @Override
    public int kind() {
      return HEAD;
    }

    @Override
    public int toLane() {
      return clientLane;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).number(status);
      out.textMap(headers).bytes(body);
    }

    static Head read(EnvelopeReader in) {
      return new Head(in.number(), (int) in.number(), (int) in.number(), in.textMap(), in.bytes());
    }
  }

  /** More of the body. */
  record Chunk(long exchange, int clientLane, Buffer bytes) implements ExchangeEnvelope {
    @Override
    public int kind() {
      return CHUNK;
    }

    @Override
    public int toLane() {
      return clientLane;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane).bytes(bytes);
    }

    static Chunk read(EnvelopeReader in) {
      return new Chunk(in.number(), (int) in.number(), requiredBytes(in));
    }
  }

  /** The end of the body. */
  record End(long exchange, int clientLane) implements ExchangeEnvelope {
    @Override
    public int kind() {
      return END;
    }

    @Override
    public int toLane() {
      return clientLane;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(exchange).number(clientLane);
    }

    static End read(EnvelopeReader in) {
      return new End(in.number(), (int) in.number());
    }
  }

  static Buffer requiredBytes(EnvelopeReader in) {
    Buffer bytes = in.bytes();
    if (bytes == null) {
      throw new IllegalArgumentException("bytes: null (expected: a buffer)");
    }
    return bytes;
  }
}
