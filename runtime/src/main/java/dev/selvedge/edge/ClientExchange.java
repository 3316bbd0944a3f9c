package dev.selvedge.edge;

import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.vertx.core.internal.ContextInternal;
import java.net.InetAddress;

/**
 * An exchange whose client's connection is this node's: beside what functions use, what a relay
 * needs to pass a request and its answer on without holding either whole. Every exchange that an
 * edge itself hands to its {@link EdgeHandler} is one.
 */
public interface ClientExchange extends Exchange {
  /** The version that the client speaks, such as {@code HTTP/1.1}. */
  String protocol();

  /**
   * Path and query as they came, undecoded; of an absolute target without scheme and authority. An
   * asterisk stays one.
   */
  String rawTarget();

  /**
   * The header lines as they came: in their order, repeated ones apart. Not to be changed. {@code
   * Host} is that of an absolute target if there was one (RFC 9112 §3.2.2).
   */
  HttpHeaders lines();

  /**
   * @throws HttpError if this {@link #isWebSocketHandshake} is not as RFC 6455 §4.2.1 wants it
   */
  void checkHandshake();

  /**
   * At the other end of the connection: the client, or a proxy. Behind a proxy that says so with a
   * PROXY header, who is at the other end of the proxy.
   */
  InetAddress peer();

  /** Whether what the peer says about the client is believed. */
  boolean trustsPeer();

  /** Whether the client's connection is encrypted. */
  boolean secure();

  /** The loop that everything of this exchange is confined to. */
  EventLoop loop();

  /** The same as a Vert.x context. */
  ContextInternal context();

  /** The loop's deadlines. */
  Wheel wheel();

  /** Whether a body follows the headers. */
  boolean hasBody();

  /**
   * Has the body handed over piece by piece instead of {@link #body}, without a limit to its size.
   * Nothing comes before {@link #resumeBody}. To be called before the handler returns. While it is
   * wanted, a body must bring 500 bytes a second on average, or fails with 408.
   */
  void streamBody(BodyReader reader);

  /** No more of the body for now: the connection is not read. What was read already waits. */
  void pauseBody();

  void resumeBody();

  /** Sends an interim answer, such as 103; dropped for a client that does not know them. */
  void interim(int status, HttpHeaders lines);

  /**
   * Begins an answer with these header lines, to which only what concerns this very connection is
   * added. Without a {@code Content-Length} it goes in chunks, or up to the close for HTTP/1.0.
   * After the answer to a refused WebSocket handshake the connection goes on with HTTP, unless the
   * client has sent more behind it already.
   */
  AnswerStream answer(int status, HttpHeaders lines);

  /**
   * Hears once, when the exchange is over, how it went. Not for exchanges that are answered with
   * {@link #answer} or {@link #takeOver}: who relays knows it himself.
   */
  void onEnd(EndListener listener);

  /** How an exchange went. */
  interface EndListener {
    /**
     * @param status of the answer; 0 if there was none
     * @param bytesIn of the request's body
     * @param bytesOut of the answer's body; of a WebSocket none are counted
     * @param reason {@code complete}, {@code client-gone}, {@code closed} for a WebSocket, or the
     *     code of the error
     */
    void ended(int status, long bytesIn, long bytesOut, String reason);
  }

  /**
   * Answers 101 with these lines and hands the connection over: from here on, what the client sends
   * goes to the handler as bytes, first of all what it sent behind its request. Does nothing if the
   * client is gone.
   *
   * @return false if the client is gone
   */
  boolean takeOver(HttpHeaders lines, ChannelInboundHandler tunnel);
}
