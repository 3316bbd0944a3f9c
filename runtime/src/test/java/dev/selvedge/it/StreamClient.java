package dev.selvedge.it;

import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;

/** A client that receives by an event stream (SSE). */
final class StreamClient extends HttpClientSession {
  private final int streamPort;
  private String event = "";
  private String data = "";
  private volatile String lastEventId = "";

  StreamClient(HttpClient http, int streamPort, int postPort, String path) {
    super(http, postPort, path);
    this.streamPort = streamPort;
  }

  void connect() {
    request(HttpMethod.GET, streamPort, "")
        .compose(request -> request.putHeader("accept", "text/event-stream").send())
        .onSuccess(this::read)
        .onFailure(error -> ended(0, "no stream: " + error.getMessage()));
  }

  private void read(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      ended(0, "no stream: status " + response.statusCode());
      return;
    }
    RecordParser lines = RecordParser.newDelimited("\n", line -> line(line.toString()));
    response.handler(lines);
    response.exceptionHandler(error -> ended(1006, "stream lost: " + error.getMessage()));
    response.endHandler(end -> ended(1006, "stream ended"));
  }

  private void line(String line) {
    if (line.isEmpty()) {
      dispatch();
    } else if (line.startsWith("event:")) {
      event = value(line);
    } else if (line.startsWith("data:")) {
      data = value(line);
    } else if (line.startsWith("id:")) {
      lastEventId = value(line);
    }
  }

  private static String value(String line) {
    String value = line.substring(line.indexOf(':') + 1);
    return value.startsWith(" ") ? value.substring(1) : value;
  }

  private void dispatch() {
    if (data.isEmpty()) { // a heartbeat
      return;
    }
    switch (event) {
      case "open" -> {
        JsonObject open = new JsonObject(data);
        opened(open.getString("session"), open.getString("token"));
      }
      case "close" -> endedWith(new JsonObject(data));
      case "reply", "any" -> received(new JsonObject(data));
      default -> received(new JsonObject().put("event", event).put("args", new JsonArray(data)));
    }
    event = "";
    data = "";
  }

  /** The place in the stream, as the server named it last. */
  String lastEventId() {
    return lastEventId;
  }
}
