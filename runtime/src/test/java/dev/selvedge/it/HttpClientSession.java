package dev.selvedge.it;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** A client that sends by POST; how it receives is up to the transport. */
abstract class HttpClientSession extends TestClient {
  /** The status and the body of an answer. */
  record Answer(int status, Buffer body) {
    Future<Answer> expect(int expected) {
      return status == expected
          ? Future.succeededFuture(this)
          : Future.failedFuture("status " + status + " (expected: " + expected + "): " + body);
    }
  }

  private final HttpClient http;
  private final int postPort;
  private final String path;
  private volatile String token = "";
  private Future<Void> lastPost = Future.succeededFuture();
  private long lastSeq;

  /**
   * @param postPort of the node that gets the posts
   */
  HttpClientSession(HttpClient http, int postPort, String path) {
    this.http = http;
    this.postPort = postPort;
    this.path = path;
  }

  final void opened(String session, String newToken) {
    token = newToken;
    opened(session);
  }

  final String token() {
    return token;
  }

  /** A request to the session, or to the path if there is no session yet. */
  final Future<HttpClientRequest> request(HttpMethod method, int port, String query) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(path + query);
    if (!token.isEmpty()) {
      options.putHeader("x-selvedge-session", session()).putHeader("x-selvedge-token", token);
    }
    return http.request(options);
  }

  static Future<Answer> exchange(HttpClientRequest request, Buffer body) {
    return request
        .send(body)
        .compose(response -> response.body().map(b -> new Answer(response.statusCode(), b)));
  }

  /** One post after the other, numbered. */
  @Override
  final synchronized Future<Void> transmit(JsonArray messages) {
    long seq = ++lastSeq;
    lastPost = lastPost.compose(before -> post(messages, seq));
    return lastPost;
  }

  private Future<Void> post(JsonArray messages, long seq) {
    return request(HttpMethod.POST, postPort, "")
        .compose(
            request -> {
              request.putHeader("content-type", "application/json");
              request.putHeader("x-selvedge-seq", Long.toString(seq));
              return exchange(request, messages.toBuffer());
            })
        .compose(answer -> answer.expect(202))
        .mapEmpty();
  }

  @Override
  Future<Void> close() {
    return request(HttpMethod.DELETE, postPort, "")
        .compose(request -> exchange(request, Buffer.buffer()))
        .mapEmpty();
  }

  final void endedWith(JsonObject reason) {
    ended(reason.getInteger("code"), reason.getString("text"));
  }
}
