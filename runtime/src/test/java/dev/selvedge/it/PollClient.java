package dev.selvedge.it;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** A client that receives by long-polls. */
final class PollClient extends HttpClientSession {
  private final int pollPort;
  private long acknowledged;

  /**
   * @param pollPort of the node that opens the session and gets the polls
   */
  PollClient(HttpClient http, int pollPort, int postPort, String path) {
    super(http, postPort, path);
    this.pollPort = pollPort;
  }

  void connect() {
    request(HttpMethod.POST, pollPort, "?transport=longpoll")
        .compose(request -> exchange(request, Buffer.buffer()))
        .compose(answer -> answer.expect(200))
        .onSuccess(
            answer -> {
              JsonObject open = answer.body().toJsonObject();
              opened(open.getString("session"), open.getString("token"));
              poll();
            })
        .onFailure(error -> ended(0, "not opened: " + error.getMessage()));
  }

  private void poll() {
    request(HttpMethod.GET, pollPort, "?ack=" + acknowledged)
        .compose(request -> exchange(request, Buffer.buffer()))
        .onSuccess(this::answered)
        .onFailure(error -> ended(1006, "poll failed: " + error.getMessage()));
  }

  private void answered(Answer answer) {
    if (answer.status() == 410) {
      endedWith(answer.body().toJsonObject().getJsonObject("close"));
    } else if (answer.status() != 200) {
      ended(0, "poll: status " + answer.status() + ": " + answer.body());
    } else {
      take(answer.body().toJsonArray());
      poll();
    }
  }

  private void take(JsonArray messages) {
    for (Object each : messages) {
      JsonObject message = (JsonObject) each;
      long seq = message.getLong("seq");
      if (seq != acknowledged + 1) {
        ended(0, "poll: message " + seq + " after " + acknowledged);
        return;
      }
      acknowledged = seq;
      message.remove("seq");
      received(message);
    }
  }
}
