package dev.selvedge.it;

import io.vertx.core.Future;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** A client on a WebSocket with the subprotocol {@code selvedge.json.v1}. */
final class SocketClient extends TestClient {
  private final ClientWebSocket socket;

  SocketClient(WebSocketClient client) {
    socket = client.webSocket();
    socket.textMessageHandler(this::text);
    socket.exceptionHandler(error -> {});
  }

  void connect(int port, String path) {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(path)
            .addSubProtocol("selvedge.json.v1");
    socket
        .connect(options)
        .onSuccess(open -> open.closeHandler(end -> gone()))
        .onFailure(error -> ended(0, "not connected: " + error.getMessage()));
  }

  private void text(String text) {
    JsonObject message = new JsonObject(text);
    String session = message.getString("session");
    if (session != null) {
      opened(session);
    } else {
      received(message);
    }
  }

  private void gone() {
    Short code = socket.closeStatusCode();
    String reason = socket.closeReason();
    ended(code == null ? 1006 : code, reason == null ? "" : reason);
  }

  @Override
  Future<Void> transmit(JsonArray messages) {
    Future<Void> last = Future.succeededFuture();
    for (Object message : messages) {
      last = socket.writeTextMessage(((JsonObject) message).encode());
    }
    return last;
  }

  @Override
  Future<Void> close() {
    return socket.close();
  }
}
