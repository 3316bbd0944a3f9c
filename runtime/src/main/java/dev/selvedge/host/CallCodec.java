package dev.selvedge.host;

import dev.selvedge.function.Call;
import dev.selvedge.function.FunctionException;
import dev.selvedge.session.ReplyError;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls and their answers between nodes: an int with the length of a JSON head, the head, and what
 * the head describes, as JSON text or bytes.
 */
final class CallCodec {
  /** A call as it arrives. */
  record Request(String function, Call call) {}

  private CallCodec() {}

  static Buffer encode(String function, Call call) {
    JsonObject head =
        new JsonObject()
            .put("function", function)
            .put("source", call.source())
            .put("headers", new JsonObject(new HashMap<>(call.headers())));
    return withBody(head, call.body());
  }

  static Request decode(Buffer request) {
    JsonObject head = head(request);
    Map<String, String> headers = new HashMap<>();
    head.getJsonObject("headers").forEach(each -> headers.put(each.getKey(), "" + each.getValue()));
    return new Request(
        head.getString("function"),
        new Call(body(request, head), head.getString("source"), headers));
  }

  static Buffer encodeAnswer(@Nullable Object answer) {
    return withBody(new JsonObject(), answer);
  }

  static Buffer encodeFailure(ReplyError error) {
    return withBody(
        new JsonObject().put("code", error.code()).put("text", error.text()), error.data());
  }

  static Future<@Nullable Object> decodeAnswer(Buffer answer) {
    JsonObject head = head(answer);
    String code = head.getString("code");
    Object body = body(answer, head);
    return code == null
        ? Future.succeededFuture(body)
        : Future.failedFuture(new FunctionException(code, head.getString("text"), body));
  }

  private static Buffer withBody(JsonObject head, @Nullable Object body) {
    boolean binary = body instanceof Buffer;
    Buffer encodedHead = head.put("binary", binary).toBuffer();
    Buffer encodedBody = body instanceof Buffer bytes ? bytes : Json.encodeToBuffer(body);
    return Buffer.buffer(4 + encodedHead.length() + encodedBody.length())
        .appendInt(encodedHead.length())
        .appendBuffer(encodedHead)
        .appendBuffer(encodedBody);
  }

  private static JsonObject head(Buffer whole) {
    return new JsonObject(whole.getBuffer(4, 4 + whole.getInt(0)));
  }

  private static @Nullable Object body(Buffer whole, JsonObject head) {
    Buffer body = whole.getBuffer(4 + whole.getInt(0), whole.length());
    return head.getBoolean("binary") ? body : Json.decodeValue(body);
  }
}
