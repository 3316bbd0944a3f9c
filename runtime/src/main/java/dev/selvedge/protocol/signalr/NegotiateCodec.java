package dev.selvedge.protocol.signalr;

import dev.selvedge.function.Transport;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The negotiation of a connection (TransportProtocols.md, "POST [endpoint-base]/negotiate"). */
final class NegotiateCodec {
  /** The newest version: the client's requests bring a token that is not its public id. */
  static final int VERSION = 1;

  /**
   * What a client asks for.
   *
   * @param version 0 or 1
   * @param resumable whether it can go on with a connection whose WebSocket broke
   */
  record Request(int version, boolean resumable) {}

  private NegotiateCodec() {}

  /** The value of a query parameter, whose name may be written in any case. */
  static Optional<String> parameter(Map<String, String> query, String name) {
    String exact = query.get(name);
    if (exact != null) {
      return Optional.of(exact);
    }
    return query.entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** What the query asks for; empty if its version is not an integer. */
  static Optional<Request> decode(Map<String, String> query) {
    String version = parameter(query, "negotiateVersion").orElse("0").strip();
    if (!version.matches("[+-]?[0-9]{1,9}")) {
      return Optional.empty();
    }
    boolean resumable =
        parameter(query, "useStatefulReconnect").filter("true"::equalsIgnoreCase).isPresent();
    int known = Math.max(0, Math.min(VERSION, Integer.parseInt(version)));
    return Optional.of(new Request(known, resumable));
  }

  static JsonObject notAnInteger() {
    return new JsonObject().put("error", "The client requested a non-integer protocol version.");
  }

  /** Sends the client elsewhere; it negotiates again there. */
  static JsonObject redirect(String url) {
    return new JsonObject().put("url", url);
  }

  /**
   * The answer.
   *
   * @param id the public id; of version 0 it is what the client's requests bring
   * @param token what the client's requests bring; not told in version 0
   */
  static JsonObject answer(Request request, String id, String token, List<Transport> transports) {
    JsonObject answer = new JsonObject();
    if (request.resumable()) {
      answer.put("useStatefulReconnect", true);
    }
    answer.put("negotiateVersion", request.version()).put("connectionId", id);
    if (request.version() > 0) {
      answer.put("connectionToken", token);
    }
    JsonArray available = new JsonArray();
    for (Transport transport : List.of(Transport.WEBSOCKET, Transport.SSE, Transport.LONGPOLL)) {
      if (transports.contains(transport)) {
        available.add(describe(transport));
      }
    }
    return answer.put("availableTransports", available);
  }

  private static JsonObject describe(Transport transport) {
    JsonArray formats = new JsonArray().add("Text");
    if (transport != Transport.SSE) {
      formats.add("Binary");
    }
    return new JsonObject().put("transport", name(transport)).put("transferFormats", formats);
  }

  /** What the protocol calls a transport. */
  static String name(Transport transport) {
    return switch (transport) {
      case WEBSOCKET -> "WebSockets";
      case SSE -> "ServerSentEvents";
      case LONGPOLL -> "LongPolling";
    };
  }
}
