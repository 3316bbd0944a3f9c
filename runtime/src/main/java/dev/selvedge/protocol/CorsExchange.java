package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.ResponseStream;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.edge.WebSocketLimits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An exchange whose answers tell the browser which origins may read them. */
record CorsExchange(Exchange exchange, Map<String, String> corsHeaders) implements Exchange {
  private Map<String, String> marked(Map<String, String> headers) {
    Map<String, String> all = new HashMap<>(headers);
    all.putAll(corsHeaders);
    return all;
  }

  @Override
  public void respond(int status, Map<String, String> headers, Buffer body) {
    exchange.respond(status, marked(headers), body);
  }

  @Override
  public ResponseStream stream(int status, Map<String, String> headers) {
    return exchange.stream(status, marked(headers));
  }

  @Override
  public String method() {
    return exchange.method();
  }

  @Override
  public String path() {
    return exchange.path();
  }

  @Override
  public String rawQuery() {
    return exchange.rawQuery();
  }

  @Override
  public Map<String, String> query() {
    return exchange.query();
  }

  @Override
  public Map<String, String> headers() {
    return exchange.headers();
  }

  @Override
  public String remoteAddress() {
    return exchange.remoteAddress();
  }

  @Override
  public Future<Buffer> body() {
    return exchange.body();
  }

  @Override
  public boolean isWebSocketHandshake() {
    return exchange.isWebSocketHandshake();
  }

  @Override
  public Future<WebSocketConnection> upgrade(@Nullable String subprotocol, WebSocketLimits limits) {
    return exchange.upgrade(subprotocol, limits);
  }

  @Override
  public void onAborted(Runnable action) {
    exchange.onAborted(action);
  }
}
