package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request of a socket of this node. */
final class HttpExchange implements Exchange {
  private final HttpConnection connection;
  private final EdgeLane lane;
  private final HttpRequest request;
  private final RequestTarget target;
  private final boolean handshake;
  private final Promise<Buffer> body;
  private final Map<String, String> headers;
  private @Nullable Map<String, String> query;
  private @Nullable BufferInternal received;
  private boolean bodyEnded;
  private boolean bodyFailed;
  private boolean answered;
  private boolean aborted;
  private @Nullable HttpResponseStream stream;
  private @Nullable Runnable onAborted;

  HttpExchange(
      HttpConnection connection, EdgeLane lane, HttpRequest request, RequestTarget target) {
    this.connection = connection;
    this.lane = lane;
    this.request = request;
    this.target = target;
    this.headers = joined(request);
    this.handshake = WebSocketHandshake.isAskedFor(headers);
    this.body = lane.context().promise();
    this.bodyEnded = !RequestRules.hasBody(request.headers());
    if (bodyEnded) {
      body.complete(Buffer.buffer());
    }
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
    return lane.proxies().client(connection.peer(), headers.get("x-forwarded-for"));
  }

  @Override
  public Future<Buffer> body() {
    return body.future();
  }

  EdgeLane lane() {
    return lane;
  }

  boolean keepAlive() {
    return HttpUtil.isKeepAlive(request) && !handshake;
  }

  boolean bodyEnded() {
    return bodyEnded;
  }

  void receive(ByteBuf content) {
    if (bodyFailed || answered || !content.isReadable()) {
      return;
    }
    int max = lane.config().maxBodyBytes();
    int before = received == null ? 0 : received.length();
    if (content.readableBytes() > max - before) {
      failBody(RequestRules.bodyTooLarge(max));
      return;
    }
    if (received == null) {
      received = BufferInternal.buffer(content.readableBytes());
    }
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    received.appendBytes(bytes);
  }

  void endBody() {
    bodyEnded = true;
    if (!bodyFailed) {
      body.complete(received == null ? Buffer.buffer() : received);
      received = null;
    }
  }

  /** Fails the body, and the exchange with it if whoever waited for the body did not answer. */
  void failBody(HttpError error) {
    if (!bodyFailed) {
      bodyFailed = true;
      received = null;
      body.tryFail(error);
      fail(error);
    }
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
    WebSocketChannel webSocket =
        new WebSocketChannel(lane, limits, accepted.deflated() ? lane.deflate() : null);
    connection.becomeWebSocket(accepted.response(), webSocket);
    return lane.context().succeededFuture(webSocket);
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
    connection.answered(lastWrite, close);
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
    lane.metrics().answered(status);
    HttpResponseStream begun = new HttpResponseStream(this, connection, head, close);
    stream = begun;
    return begun;
  }

  void drained() {
    if (stream != null) {
      stream.drained();
    }
  }

  /** The client is gone before the answer was complete. */
  void abort() {
    aborted = true;
    body.tryFail(new HttpError(400, "aborted", "the client went away"));
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
