package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.ResponseStream;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.edge.WebSocketLimits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A request made by a test, and what was answered to it. */
public final class FakeExchange implements Exchange {
  private final String method;
  private final String path;
  private final Map<String, String> query = new HashMap<>();
  private final Map<String, String> headers = new HashMap<>();
  private Future<Buffer> body = Future.succeededFuture(Buffer.buffer());
  private final List<Runnable> aborted = new ArrayList<>();
  private FakeWebSocketConnection webSocket;

  public int status;
  public Map<String, String> answerHeaders = Map.of();
  public Buffer answer;
  public FakeStream stream;
  public String subprotocol;

  public FakeExchange(String method, String path) {
    this.method = method;
    this.path = path;
  }

  public FakeExchange with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  public FakeExchange asking(String parameter, String value) {
    query.put(parameter, value);
    return this;
  }

  public FakeExchange sending(String type, Buffer content) {
    headers.put("content-type", type);
    body = Future.succeededFuture(content);
    return this;
  }

  public FakeExchange sending(Future<Buffer> content) {
    body = content;
    return this;
  }

  public FakeExchange sendingJson(String json) {
    return sending("application/json", Buffer.buffer(json));
  }

  public FakeExchange upgradingTo(FakeWebSocketConnection connection) {
    webSocket = connection;
    return this;
  }

  public boolean isAnswered() {
    return status != 0;
  }

  public JsonObject json() {
    return answer.toJsonObject();
  }

  public JsonArray jsonArray() {
    return answer.toJsonArray();
  }

  public String errorCode() {
    return json().getJsonObject("error").getString("code");
  }

  /** The client goes away. */
  public void abort() {
    List.copyOf(aborted).forEach(Runnable::run);
    if (stream != null) {
      stream.close();
    }
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
    return String.join("&", query.entrySet().stream().map(Object::toString).toList());
  }

  @Override
  public Map<String, String> query() {
    return query;
  }

  @Override
  public Map<String, String> headers() {
    return headers;
  }

  @Override
  public String remoteAddress() {
    return "192.0.2.7";
  }

  @Override
  public Future<Buffer> body() {
    return body;
  }

  @Override
  public boolean isWebSocketHandshake() {
    return webSocket != null;
  }

  @Override
  public Future<WebSocketConnection> upgrade(String chosen, WebSocketLimits limits) {
    status = 101;
    subprotocol = chosen;
    return Future.succeededFuture(webSocket);
  }

  @Override
  public void respond(int newStatus, Map<String, String> newHeaders, Buffer newBody) {
    if (!isAnswered()) {
      status = newStatus;
      answerHeaders = newHeaders;
      answer = newBody;
    }
  }

  @Override
  public ResponseStream stream(int newStatus, Map<String, String> newHeaders) {
    status = newStatus;
    answerHeaders = newHeaders;
    stream = new FakeStream();
    return stream;
  }

  @Override
  public void onAborted(Runnable action) {
    aborted.add(action);
  }
}
