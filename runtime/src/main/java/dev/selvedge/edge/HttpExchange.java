package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request of a socket of this node. */
final class HttpExchange implements ClientExchange {
  private static final HttpWriter.Ending CLOSED_AT_END = HttpWriter.Ending.CLOSE_DELIMITED;

  private final HttpConnection connection;
  private final EdgeLane lane;
  private final HttpRequest request;
  private final RequestTarget target;
  private final boolean handshake;
  private final RequestBody body;
  private final Map<String, String> headers;
  private @Nullable Map<String, String> query;
  private boolean answered;
  private boolean asked;
  private boolean aborted;
  private @Nullable HttpResponseStream stream;
  private @Nullable HttpAnswerStream answer;
  private @Nullable Runnable onAborted;
  private @Nullable ExchangeAccount account;

  HttpExchange(
      HttpConnection connection, EdgeLane lane, HttpRequest request, RequestTarget target) {
    this.connection = connection;
    this.lane = lane;
    this.request = request;
    this.target = target;
    if (target.authority() != null) {
      request.headers().set(HttpHeaderNames.HOST, target.authority());
    }
    this.headers = joined(request);
    this.handshake = WebSocketHandshake.isAskedFor(headers);
    this.body =
        new RequestBody(
            lane.context(), lane.config().maxBodyBytes(), !RequestRules.hasBody(request.headers()));
  }

  private static Map<String, String> joined(HttpRequest request) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, String> header : request.headers()) {
      headers.merge(
          header.getKey().toLowerCase(Locale.ROOT),
          header.getValue(),
          (first, more) -> first + ", " + more);
    }
    return headers;
  }

  @Override
  public String method() {
    return request.method().name();
  }

  @Override
  public String path() {
    return target.path();
  }

  @Override
  public String rawQuery() {
    return target.rawQuery();
  }

  @Override
  public Map<String, String> query() {
    Map<String, String> known = query;
    if (known == null) {
      known = RequestTarget.query(target.rawQuery());
      query = known;
    }
    return known;
  }

  @Override
  public Map<String, String> headers() {
    return headers;
  }

  @Override
  public String remoteAddress() {
    Peer peer = connection.peer();
    return peer.trusted()
        ? lane.proxies().client(peer.address(), headers.get("x-forwarded-for"))
        : NetUtil.toAddressString(peer.address());
  }

  @Override
  public Future<Buffer> body() {
    return body.whole();
  }

  EdgeLane lane() {
    return lane;
  }

  boolean keepAlive() {
    return HttpUtil.isKeepAlive(request) && !handshake;
  }

  boolean bodyEnded() {
    return body.ended();
  }

  boolean bodyPaused() {
    return body.paused() && !body.ended();
  }

  /** The handler has returned: a body that nobody streams is gathered, if it may be so large. */
  void expectWholeBody() {
    if (body.ended() || body.isStreamed()) {
      return;
    }
    HttpError tooLarge = RequestRules.checkLength(request.headers(), lane.config().maxBodyBytes());
    if (tooLarge != null) {
      failBody(tooLarge);
    } else {
      askForBody();
    }
  }

  private void askForBody() {
    if (!answered && !asked && request.headers().contains(HttpHeaderNames.EXPECT)) {
      asked = true;
      connection.writer().interim(100, new DefaultHttpHeaders());
    }
  }

  @Override
  public void onEnd(EndListener listener) {
    account = new ExchangeAccount(listener);
  }

  void receive(ByteBuf content) {
    if (account != null) {
      account.received(content.readableBytes());
    }
    if (answered && !body.isStreamed()) {
      return;
    }
    try {
      body.receive(content);
    } catch (HttpError tooLarge) {
      failBody(tooLarge);
    }
  }

  void endBody() {
    body.end();
  }

  /** Fails the body, and the exchange with it if whoever waited for the body did not answer. */
  void failBody(HttpError error) {
    if (body.fail(error)) {
      fail(error);
      body.tellReader(error);
    }
  }

  /** The time for a body, or for its next part, is over. */
  boolean isBodyTooSlow(long windowMillis) {
    return !body.isStreamed() || !body.wasFastEnough(windowMillis);
  }

  @Override
  public String protocol() {
    return connection.isStream() ? "HTTP/2.0" : request.protocolVersion().text();
  }

  @Override
  public String rawTarget() {
    return target.raw();
  }

  @Override
  public HttpHeaders lines() {
    return request.headers();
  }

  @Override
  public void checkHandshake() {
    WebSocketHandshake.check(this, isHttp11());
  }

  @Override
  public InetAddress peer() {
    return connection.peer().address();
  }

  @Override
  public boolean trustsPeer() {
    return connection.peer().trusted();
  }

  @Override
  public boolean secure() {
    return connection.security().encrypted();
  }

  @Override
  public EventLoop loop() {
    return lane.context().nettyEventLoop();
  }

  @Override
  public ContextInternal context() {
    return lane.context();
  }

  @Override
  public Wheel wheel() {
    return lane.wheel();
  }

  @Override
  public boolean hasBody() {
    return RequestRules.hasBody(request.headers());
  }

  @Override
  public void streamBody(BodyReader reader) {
    body.stream(reader);
  }

  @Override
  public void pauseBody() {
    body.pause();
    connection.updateReading();
  }

  @Override
  public void resumeBody() {
    if (connection.isCurrent(this) && body.paused()) {
      askForBody();
      body.resume();
      connection.takeWaiting();
    }
  }

  @Override
  public void interim(int status, HttpHeaders lines) {
    if (!answered && isHttp11() && connection.isCurrent(this)) {
      connection.writer().interim(status, lines);
    }
  }

  @Override
  public AnswerStream answer(int status, HttpHeaders lines) {
    boolean head = HttpConnection.isHead(request);
    if (answered || !connection.isCurrent(this)) {
      return HttpAnswerStream.over(this, connection);
    }
    boolean delimited = head || HttpWriter.isBodiless(status) || HttpWriter.hasLength(lines);
    boolean close =
        !HttpUtil.isKeepAlive(request)
            || connection.mustCloseAfterRelayed(this)
            || !isHttp11() && !delimited;
    connection
        .writer()
        .beginRelayed(status, lines, head, delimited || isHttp11() ? ending(close) : CLOSED_AT_END);
    answered = true;
    lane.metrics().answered(status);
    HttpAnswerStream begun =
        new HttpAnswerStream(
            this, connection, head, () -> close || connection.mustCloseAfterRelayed(this));
    answer = begun;
    return begun;
  }

  @Override
  public boolean takeOver(HttpHeaders lines, ChannelInboundHandler tunnel) {
    if (answered || connection.isStream() || !connection.isCurrent(this)) {
      return false;
    }
    answered = true;
    lane.metrics().answered(101);
    connection.becomeTunnel(WebSocketHandshake.switching(lines), tunnel);
    return true;
  }

  @Override
  public boolean isWebSocketHandshake() {
    return handshake;
  }

  @Override
  public Future<WebSocketConnection> upgrade(@Nullable String subprotocol, WebSocketLimits limits) {
    if (answered || !connection.isCurrent(this)) {
      return lane.context().failedFuture(new HttpError(400, "gone", "already answered or gone"));
    }
    WebSocketHandshake accepted;
    try {
      accepted = WebSocketHandshake.accept(this, isHttp11(), subprotocol, limits);
    } catch (HttpError e) {
      fail(e);
      return lane.context().failedFuture(e);
    }
    answered = true;
    lane.metrics().answered(101);
    logUntilClosed();
    WebSocketChannel webSocket = new WebSocketChannel(lane, limits, accepted.deflate());
    connection.becomeWebSocket(accepted.response(), webSocket);
    return lane.context().succeededFuture(webSocket);
  }

  private void logUntilClosed() {
    ExchangeAccount logged = account;
    if (logged != null) {
      logged.answered(101);
      logged.because("closed");
      connection.channel().closeFuture().addListener(closed -> logged.end());
    }
  }

  private boolean isHttp11() {
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1);
  }

  @Override
  public void respond(int status, Map<String, String> headers, Buffer body) {
    if (answered || !connection.isCurrent(this)) {
      return;
    }
    boolean close = connection.mustCloseAfter(this);
    var lastWrite =
        connection
            .writer()
            .whole(status, headers, body, HttpConnection.isHead(request), ending(close));
    answered = true;
    lane.metrics().answered(status);
    if (account != null) {
      account.answered(status);
      account.sent(
          HttpConnection.isHead(request) || HttpWriter.isBodiless(status) ? 0 : body.length());
      account.end();
    }
    connection.answered(lastWrite, close);
  }

  @Override
  public void fail(HttpError error) {
    if (account != null && !answered) {
      account.because(error.code());
    }
    ClientExchange.super.fail(error);
  }

  /** So many bytes of a stream were written. */
  void streamed(int bytes) {
    if (account != null) {
      account.sent(bytes);
    }
  }

  void streamEnded() {
    if (account != null) {
      account.end();
    }
  }

  private HttpWriter.Ending ending(boolean close) {
    if (close) {
      return HttpWriter.Ending.CLOSE;
    }
    return isHttp11() ? HttpWriter.Ending.KEEP_ALIVE : HttpWriter.Ending.KEEP_ALIVE_SAID;
  }

  @Override
  public ResponseStream stream(int status, Map<String, String> headers) {
    if (answered || !connection.isCurrent(this)) {
      return HttpResponseStream.over(this, connection);
    }
    boolean close = connection.mustCloseAfter(this) || !isHttp11();
    boolean head = HttpConnection.isHead(request);
    connection
        .writer()
        .begin(
            status, headers, head, isHttp11() ? ending(close) : HttpWriter.Ending.CLOSE_DELIMITED);
    answered = true;
    if (account != null) {
      account.answered(status);
    }
    lane.metrics().answered(status);
    HttpAnswerStream chunks =
        new HttpAnswerStream(
            this, connection, head, () -> close || connection.mustCloseAfter(this));
    HttpResponseStream begun = new HttpResponseStream(this, chunks);
    answer = chunks;
    stream = begun;
    return begun;
  }

  void drained() {
    if (answer != null) {
      answer.drained();
    }
  }

  /** The client is gone before the answer was complete. */
  void abort() {
    aborted = true;
    if (account != null) {
      account.because("client-gone");
      account.end();
    }
    body.fail(new HttpError(400, "aborted", "the client went away"));
    HttpResponseStream open = stream;
    Runnable action = onAborted;
    stream = null;
    onAborted = null;
    if (open != null) {
      open.abort();
    }
    if (action != null) {
      action.run();
    }
  }

  @Override
  public void onAborted(Runnable action) {
    Objects.requireNonNull(action);
    if (aborted) {
      action.run();
    } else {
      onAborted = action;
    }
  }

  /** Whether the client offered the WebSocket subprotocol. */
  boolean offers(String subprotocol) {
    String offered = headers.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL.toString());
    return offered != null
        && java.util.Arrays.stream(offered.split(","))
            .map(String::strip)
            .anyMatch(subprotocol::equals);
  }
}
