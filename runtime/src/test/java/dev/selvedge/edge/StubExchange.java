package dev.selvedge.edge;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request without a socket that remembers its answer. */
final class StubExchange implements Exchange {
  private final String method;
  private final String path;
  private final Map<String, String> headers;
  int status;
  Map<String, String> answerHeaders = Map.of();
  Buffer answer = Buffer.buffer();

  StubExchange(String method, String path, Map<String, String> headers) {
    this.method = method;
    this.path = path;
    this.headers = headers;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String rawQuery() {
    return "";
  }

  @Override
  public Map<String, String> query() {
    return Map.of();
  }

  @Override
  public Map<String, String> headers() {
    return headers;
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  @Override
  public Future<Buffer> body() {
    return Future.succeededFuture(Buffer.buffer());
  }

  @Override
  public boolean isWebSocketHandshake() {
    return false;
  }

  @Override
  public Future<WebSocketConnection> upgrade(@Nullable String subprotocol, WebSocketLimits limits) {
    return Future.failedFuture("no socket");
  }

  @Override
  public void respond(int status, Map<String, String> headers, Buffer body) {
    this.status = status;
    this.answerHeaders = headers;
    this.answer = body;
  }

  @Override
  public ResponseStream stream(int status, Map<String, String> headers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void onAborted(Runnable action) {}
}
