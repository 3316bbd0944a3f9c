package dev.selvedge.protocol.raw;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.HttpError;
import dev.selvedge.fabric.Lane;
import dev.selvedge.function.CloseReason;
import dev.selvedge.protocol.LaneClock;
import dev.selvedge.protocol.MediaType;
import dev.selvedge.protocol.SessionProtocol;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Sessions;
import io.vertx.core.buffer.Buffer;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The event-stream and long-poll sessions of one lane, and the requests to them. Confined to it.
 */
final class HttpSessions {
  private static final Map<String, String> METHODS = Map.of("allow", "GET, POST, DELETE, OPTIONS");

  /** What a session is made of; for requests that come later. */
  private record Known(
      HttpSession session, @Nullable SseDownlink stream, @Nullable PollDownlink poll) {}

  private final Lane lane;
  private final Sessions sessions;
  private final LaneClock clock;
  private final SecureRandom random;
  private final Map<String, Known> known = new HashMap<>();

  HttpSessions(Lane lane, Sessions sessions, LaneClock clock, SecureRandom random) {
    this.lane = lane;
    this.sessions = sessions;
    this.clock = clock;
    this.random = random;
  }

  // Opening.

  /** An event stream: of the session that is named, as far as that is possible, or of a new one. */
  void stream(Exchange exchange, FunctionRoute route, Optional<SessionName> name) {
    if (name.isPresent() && known.containsKey(name.get().session())) {
      resume(exchange, route, name.get());
    } else {
      openStream(exchange, route);
    }
  }

  private void openStream(Exchange exchange, FunctionRoute route) {
    HttpSession session = new HttpSession(newToken(), route.linger(), clock);
    SseDownlink downlink =
        new SseDownlink(session, route.webSocket().heartbeat(), route.linger(), random);
    session.connect(downlink);
    open(exchange, route, session, downlink, null);
    downlink.start(exchange.stream(200, Answers.STREAM));
  }

  private void resume(Exchange exchange, FunctionRoute route, SessionName name) {
    Known one = require(name);
    if (one.stream() == null) {
      throw new HttpError(
          409, "wrong-transport", "session " + name.session() + " is read by long-polls");
    }
    if (one.stream().canResume(name.seq())) {
      one.stream().resume(exchange.stream(200, Answers.STREAM), name.seq());
    } else {
      one.session().end(CloseReason.TRY_AGAIN_LATER.because("missed messages are not kept"));
      openStream(exchange, route);
    }
  }

  void openLongPoll(Exchange exchange, FunctionRoute route) {
    HttpSession session = new HttpSession(newToken(), route.linger(), clock);
    PollDownlink downlink = new PollDownlink(session, route.longPollWait());
    session.connect(downlink);
    open(exchange, route, session, null, downlink);
    Optional<CloseReason> refused = session.ended();
    if (refused.isPresent()) {
      Answers.refused(exchange, refused.get());
    } else {
      session.detached();
      Answers.opened(exchange, session.id(), session.token());
      session.drained();
    }
  }

  private void open(
      Exchange exchange,
      FunctionRoute route,
      HttpSession session,
      @Nullable SseDownlink stream,
      @Nullable PollDownlink poll) {
    ClientSession client =
        sessions.open(
            lane,
            route.function(),
            RawProtocol.NAME,
            SessionProtocol.handshake(exchange),
            null,
            session);
    known.put(client.id(), new Known(session, stream, poll));
    session.opened(client, () -> known.remove(client.id()));
  }

  /** 128 random bits. */
  private String newToken() {
    byte[] token = new byte[16];
    random.nextBytes(token);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  // Serving.

  /** A poll, post or delete of the session that is named. */
  void serve(Exchange exchange, FunctionRoute route, SessionName name) {
    Known one = require(name);
    switch (exchange.method()) {
      case "GET" -> poll(exchange, one);
      case "POST" -> post(exchange, route, one.session());
      case "DELETE" -> delete(exchange, one.session());
      default ->
          throw new HttpError(
              405,
              "bad-method",
              "method: " + exchange.method() + " (expected: GET, POST, DELETE)",
              METHODS);
    }
  }

  private Known require(SessionName name) {
    Known one = known.get(name.session());
    if (one == null) {
      throw new HttpError(404, "no-such-session", "no such session, or it ended some time ago");
    }
    if (!one.session().hasToken(name.token())) {
      throw new HttpError(403, "bad-token", "the token is not that of the session");
    }
    return one;
  }

  private static void poll(Exchange exchange, Known one) {
    if (one.poll() == null) {
      throw new HttpError(409, "wrong-transport", "the session is read by an event stream");
    }
    one.poll().poll(exchange, number(exchange, "ack", 0));
  }

  private static void post(Exchange exchange, FunctionRoute route, HttpSession session) {
    Optional<CloseReason> ended = session.ended();
    if (ended.isPresent()) {
      Answers.closed(exchange, ended.get());
      return;
    }
    long seq = number(exchange, "seq", Uplink.UNNUMBERED);
    exchange
        .body()
        .onSuccess(body -> take(exchange, route, session, seq, body))
        .onFailure(error -> exchange.fail(HttpError.of(error)));
  }

  private static void take(
      Exchange exchange, FunctionRoute route, HttpSession session, long seq, Buffer body) {
    int limit = route.webSocket().maxMessageBytes();
    if (body.length() > limit) {
      exchange.fail(
          new HttpError(
              413,
              "body-too-large",
              "body: " + body.length() + " bytes (expected: at most " + limit + ")"));
      return;
    }
    try {
      MediaType type = MediaType.of(exchange.header("content-type"));
      session.uplink().take(exchange, PostedBody.read(type, body), seq);
    } catch (HttpError error) {
      exchange.fail(error);
    }
  }

  private static void delete(Exchange exchange, HttpSession session) {
    session.end(CloseReason.NORMAL);
    Answers.deleted(exchange);
  }

  /** The number in header {@code x-selvedge-<name>}, else in the query parameter of that name. */
  private static long number(Exchange exchange, String name, long otherwise) {
    String header = exchange.header("x-selvedge-" + name);
    String text = header != null ? header : exchange.query().get(name);
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("[0-9]{1,15}")) {
      throw new HttpError(400, "bad-" + name, name + ": expected a number of at most 15 digits");
    }
    return Long.parseLong(text);
  }
}
