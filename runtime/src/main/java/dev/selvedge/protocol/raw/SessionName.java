package dev.selvedge.protocol.raw;

import dev.selvedge.edge.Exchange;
import dev.selvedge.protocol.raw.SseCodec.EventId;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which session a request names, and with what proof: the headers {@code x-selvedge-session} and
 * {@code x-selvedge-token}, else the query parameters {@code session} and {@code token}, else, for
 * an event stream, {@code Last-Event-ID}.
 *
 * @param seq the last message that an event stream's client saw; 0 if it does not say
 */
record SessionName(String session, String token, long seq) {
  static Optional<SessionName> of(Exchange exchange) {
    Optional<EventId> eventId = wantsStream(exchange) ? lastEventId(exchange) : Optional.empty();
    String session = first(exchange.header("x-selvedge-session"), exchange.query().get("session"));
    if (session == null) {
      return eventId.map(id -> new SessionName(id.session(), id.token(), id.seq()));
    }
    String token = first(exchange.header("x-selvedge-token"), exchange.query().get("token"));
    return Optional.of(
        new SessionName(session, token == null ? "" : token, eventId.map(EventId::seq).orElse(0L)));
  }

  /** Whether this is a GET that accepts an event stream. */
  static boolean wantsStream(Exchange exchange) {
    String accept = exchange.header("accept");
    return exchange.method().equals("GET")
        && accept != null
        && accept.toLowerCase(Locale.ROOT).contains("text/event-stream");
  }

  private static Optional<EventId> lastEventId(Exchange exchange) {
    return Optional.ofNullable(exchange.header("last-event-id")).flatMap(EventId::parse);
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one != null ? one : other;
  }
}
