package dev.selvedge.protocol.raw;

import dev.selvedge.function.CloseReason;
import dev.selvedge.session.Outbound;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Events of a stream (HTML Living Standard §9.2.6) in the order of {@code docs/protocol.md}. Pure.
 *
 * <p>The data of a message is a JSON array, that of {@code open}, {@code reply}, {@code close} and
 * {@code any} a JSON object; compact JSON has no line breaks, so one data line is always enough.
 */
final class SseCodec {
  /** A message's event and data lines and its empty line; the same for all sessions. */
  static final Outbound.Encoding<byte[]> LINES =
      message -> lines(message).getBytes(StandardCharsets.UTF_8);

  private static final Pattern EVENT_ID =
      Pattern.compile("([A-Za-z0-9_-]{1,64})\\.([A-Za-z0-9_-]{22})\\.([0-9]{1,15})");

  /** What an {@code id:} line names: a place in the stream of a session. */
  record EventId(String session, String token, long seq) {
    static Optional<EventId> parse(String text) {
      Matcher id = EVENT_ID.matcher(text);
      return id.matches()
          ? Optional.of(new EventId(id.group(1), id.group(2), Long.parseLong(id.group(3))))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return session + "." + token + "." + seq;
    }
  }

  private SseCodec() {}

  /** The first event of a new session. */
  static Buffer open(EventId id, long heartbeatMillis, long retryMillis) {
    JsonObject data =
        new JsonObject()
            .put("session", id.session())
            .put("token", id.token())
            .put("heartbeat", heartbeatMillis);
    return Buffer.buffer(
        "event: open\nretry: " + retryMillis + "\nid: " + id + "\ndata: " + data + "\n\n");
  }

  /** A message with its place in the stream. */
  static Buffer message(EventId id, byte[] lines) {
    return Buffer.buffer(96 + lines.length).appendString("id: " + id + "\n").appendBytes(lines);
  }

  /**
   * A comment, for proxies and clients to see that the stream lives; also the first line of a
   * stream that goes on with a session.
   */
  static Buffer heartbeat() {
    return Buffer.buffer(":\n\n");
  }

  private static String lines(Outbound message) {
    String event = message.event();
    if (event == null) {
      return event("reply", json(message));
    } else if (message.request() >= 0 || !fitsOneLine(event)) {
      return event("any", json(message));
    }
    return event(event, BinaryForm.encode(message.args()).encode());
  }

  private static String json(Outbound message) {
    return new String(message.in(RawCodec.JSON), StandardCharsets.UTF_8);
  }

  private static String event(String name, String data) {
    return "event: " + name + "\ndata: " + data + "\n\n";
  }

  private static boolean fitsOneLine(String event) {
    return !event.isEmpty() && event.indexOf('\n') < 0 && event.indexOf('\r') < 0;
  }

  /** The last event of a session; its empty id makes an EventSource forget the session. */
  static Buffer close(CloseReason reason, long retryMillis) {
    return Buffer.buffer(
        "event: close\nretry: " + retryMillis + "\nid:\ndata: " + RawCodec.toJson(reason) + "\n\n");
  }
}
