package dev.selvedge.protocol.signalr;

import dev.selvedge.config.SignalRConfig;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.HttpError;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.LaneClock;
import dev.selvedge.session.ClientPort;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Note;
import dev.selvedge.session.Notes;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.Sessions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one lane, and the requests to them. Confined to it.
 *
 * <p>A connection has two ids, and both lead to its lane: the public one, which is also that of its
 * session, and a token, which its requests bring; who knows only the first cannot speak for it.
 */
final class HubConnections {
  /** Connections of a lane that have been negotiated and not used; more are not negotiated. */
  static final int MAX_UNUSED = 10_000;

  private final Lane lane;
  private final NodeId self;
  private final Sessions sessions;
  private final SignalRConfig config;
  private final List<Transport> transports;
  private final LaneClock clock;
  private final SecureRandom random;
  private final Map<String, HubConnection> byToken = new HashMap<>();
  private int unused;

  HubConnections(
      Lane lane,
      NodeId self,
      Sessions sessions,
      SignalRConfig config,
      List<Transport> transports,
      LaneClock clock,
      SecureRandom random) {
    this.lane = lane;
    this.self = self;
    this.sessions = sessions;
    this.config = config;
    this.transports = transports;
    this.clock = clock;
    this.random = random;
  }

  SignalRConfig config() {
    return config;
  }

  LaneClock clock() {
    return clock;
  }

  /** How many there are, for tests. */
  int size() {
    return byToken.size();
  }

  ClientSession open(HubConnection of, Handshake request, Hub hub) {
    return sessions.open(lane, of.id(), of.function(), SignalRProtocol.NAME, request, null, hub);
  }

  /** Lets the session of a connection that can be resumed outlive this node; false if none does. */
  boolean keep(HubConnection of, ClientSession session, HubFormat format) {
    if (!sessions.areRecoverable()) {
      return false;
    }
    session.keep(of.token(), new Notes());
    session.note(Note.about(format.word() + " " + of.path()));
    return true;
  }

  /** Goes on with a connection that another node had. */
  Optional<ClientPort> adopt(ClientSession session, SessionId token, Notes notes) {
    String[] about = notes.about().split(" ", 2);
    Optional<SessionId> id = SessionId.parse(session.id());
    Optional<HubFormat> format = HubFormat.named(about[0]);
    if (about.length < 2 || id.isEmpty() || format.isEmpty()) {
      return Optional.empty();
    }
    HubConnection adopted =
        HubConnection.adopted(this, id.get(), token, about[1], session.function());
    byToken.put(token.toString(), adopted);
    return Optional.of(adopted.goOn(session, format.get(), notes));
  }

  /** Whether a connection with that token is here. */
  boolean has(SessionId token) {
    return byToken.containsKey(token.toString());
  }

  /** A connection is over, and nothing of it left to be fetched. */
  void forget(HubConnection connection) {
    if (byToken.remove(connection.token().toString(), connection) && connection.chosen() == null) {
      unused--;
    }
  }

  // ---- negotiation

  void negotiate(Exchange exchange, FunctionRoute route) {
    if (!exchange.method().equals("POST")) {
      HttpAnswers.wrongMethod(exchange);
      return;
    }
    NegotiateCodec.decode(exchange.query())
        .ifPresentOrElse(
            asked -> negotiate(exchange, route, asked),
            () -> HttpAnswers.negotiated(exchange, NegotiateCodec.notAnInteger()));
  }

  private void negotiate(Exchange exchange, FunctionRoute route, NegotiateCodec.Request asked) {
    if (config.redirect().isPresent()) {
      String url = config.redirect().get() + route.path();
      HttpAnswers.negotiated(exchange, NegotiateCodec.redirect(url));
    } else if (unused >= MAX_UNUSED) {
      HttpAnswers.tooMany(exchange);
    } else {
      boolean resumable = asked.resumable() && config.resumeBufferBytes() > 0;
      HubConnection made = make(route, resumable);
      unused++;
      String token = made.token().toString();
      String id = asked.version() == 0 ? token : made.id().toString();
      HttpAnswers.negotiated(
          exchange,
          NegotiateCodec.answer(
              new NegotiateCodec.Request(asked.version(), resumable), id, token, transports));
    }
  }

  private HubConnection make(FunctionRoute route, boolean resumable) {
    SessionId id = SessionId.random(self, lane.index(), random);
    SessionId token = SessionId.random(self, lane.index(), random);
    HubConnection made = new HubConnection(this, id, token, route, resumable);
    byToken.put(token.toString(), made);
    return made;
  }

  // ---- the requests of a connection

  /**
   * @param token empty if the request has none
   */
  void serve(Exchange exchange, FunctionRoute route, String token) {
    switch (exchange.method()) {
      case "GET" -> connect(exchange, route, token);
      case "POST" -> post(exchange, route, token);
      case "DELETE" -> delete(exchange, route, token);
      default -> HttpAnswers.wrongMethod(exchange);
    }
  }

  private void connect(Exchange exchange, FunctionRoute route, String token) {
    Transport wanted = transport(exchange);
    if (!transports.contains(wanted)) {
      HttpAnswers.disabled(exchange, wanted);
      return;
    }
    if (token.isEmpty() && wanted == Transport.WEBSOCKET) {
      HubConnection made = make(route, false);
      made.choose(wanted);
      upgrade(exchange, route, made);
      return;
    }
    HubConnection known = find(exchange, route, token);
    if (known == null) {
      return;
    }
    Transport before = known.chosen();
    if (before != null && before != wanted) {
      HttpAnswers.otherTransport(exchange);
    } else if (before == null) {
      unused--;
      known.choose(wanted);
      begin(exchange, route, known, wanted);
    } else {
      again(exchange, route, known);
    }
  }

  private static Transport transport(Exchange exchange) {
    if (exchange.isWebSocketHandshake()) {
      return Transport.WEBSOCKET;
    }
    String accept = exchange.header("accept");
    return accept != null && accept.toLowerCase(Locale.ROOT).contains("text/event-stream")
        ? Transport.SSE
        : Transport.LONGPOLL;
  }

  /** The connection of that token on this route; if there is none, that is answered. */
  private @Nullable HubConnection find(Exchange exchange, FunctionRoute route, String token) {
    if (token.isEmpty()) {
      HttpAnswers.missingId(exchange);
      return null;
    }
    HubConnection known = byToken.get(token);
    if (known == null || !known.path().equals(route.path())) {
      HttpAnswers.unknownConnection(exchange);
      return null;
    }
    return known;
  }

  private void begin(
      Exchange exchange, FunctionRoute route, HubConnection known, Transport transport) {
    switch (transport) {
      case WEBSOCKET -> upgrade(exchange, route, known);
      case SSE -> {
        SsePipe pipe = new SsePipe(exchange.stream(200, HttpAnswers.STREAM), known);
        known.begin(pipe, handshake(exchange));
        pipe.begin();
      }
      case LONGPOLL -> {
        PollPipe pipe = new PollPipe(known, clock, config.pollWait().toMillis());
        known.begin(pipe, handshake(exchange));
        pipe.begin(exchange);
      }
    }
    known.drain();
  }

  /** A request over the transport that the connection has. */
  private void again(Exchange exchange, FunctionRoute route, HubConnection known) {
    if (known.pipe() instanceof PollPipe polled) {
      polled.poll(exchange);
    } else if (known.chosen() == Transport.WEBSOCKET && known.canResume()) {
      upgrade(exchange, route, known);
    } else {
      HttpAnswers.alreadyConnected(exchange);
    }
  }

  private static void upgrade(Exchange exchange, FunctionRoute route, HubConnection connection) {
    exchange
        .upgrade(null, route.webSocket().namingNormalEnd())
        .onSuccess(socket -> attach(socket, exchange, connection))
        .onFailure(
            error -> {
              exchange.fail(HttpError.of(error));
              if (!connection.canResume()) {
                connection.finish(CloseReason.LOST);
              }
            });
  }

  private static void attach(
      WebSocketConnection socket, Exchange exchange, HubConnection connection) {
    WebSocketPipe pipe = new WebSocketPipe(socket, connection);
    if (connection.isOver()) {
      pipe.end(false);
    } else if (connection.canResume()) {
      connection.resume(pipe);
    } else {
      connection.begin(pipe, handshake(exchange));
    }
    pipe.listen();
  }

  /** Without the token, which is nobody else's business. */
  private static Handshake handshake(Exchange exchange) {
    Map<String, String> query = new HashMap<>(exchange.query());
    query.keySet().removeIf("id"::equalsIgnoreCase);
    return new Handshake(exchange.path(), query, exchange.headers(), exchange.remoteAddress());
  }

  private void post(Exchange exchange, FunctionRoute route, String token) {
    HubConnection known = find(exchange, route, token);
    if (known == null) {
      return;
    }
    if (known.chosen() == Transport.WEBSOCKET) {
      HttpAnswers.postToWebSocket(exchange);
    } else if (known.isOver()) {
      HttpAnswers.unknownConnection(exchange);
    } else {
      known.posts().take(exchange);
    }
  }

  private void delete(Exchange exchange, FunctionRoute route, String token) {
    HubConnection known = find(exchange, route, token);
    if (known == null) {
      return;
    }
    if (known.chosen() != Transport.LONGPOLL) {
      HttpAnswers.notDeletable(exchange);
      return;
    }
    // A poll that is under way at the same time still has to be told 204.
    known.finish(CloseReason.NORMAL);
    HttpAnswers.deleted(exchange);
  }
}
