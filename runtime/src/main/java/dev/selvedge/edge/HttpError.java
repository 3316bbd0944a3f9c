package dev.selvedge.edge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** An HTTP error answer: status, a code for programs, a text for people. */
public final class HttpError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient Map<String, String> extraHeaders;

  public HttpError(int status, String code, String text) {
    this(status, code, text, Map.of());
  }

  public HttpError(int status, String code, String text, Map<String, String> extraHeaders) {
    super(text, null, false, false);
    this.status = status;
    this.code = code;
    this.extraHeaders = Map.copyOf(extraHeaders);
  }

  /** The error itself, or a neutral 500 for any other failure. */
  public static HttpError of(Throwable failure) {
    return failure instanceof HttpError http
        ? http
        : new HttpError(500, "internal", "the request could not be handled");
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  Map<String, String> headers() {
    var headers = new java.util.HashMap<>(extraHeaders);
    headers.put("content-type", "application/json");
    return headers;
  }

  Buffer body() {
    return new JsonObject()
        .put("error", new JsonObject().put("code", code).put("text", getMessage()))
        .toBuffer();
  }
}
