package dev.selvedge.protocol;

import dev.selvedge.edge.HttpError;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a request body is taken for, by its content type. */
public enum MediaType {
  JSON,
  TEXT,
  BINARY;

  /**
   * {@code application/json} and {@code …+json} are JSON; so is a body without a type, or with the
   * type that {@code curl -d} puts there. {@code text/plain} is text, anything else bytes.
   */
  public static MediaType of(@Nullable String contentType) {
    if (contentType == null) {
      return JSON;
    }
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (type.equals("text/plain")) {
      return TEXT;
    }
    boolean json =
        type.equals("application/json")
            || type.endsWith("+json")
            || type.equals("application/x-www-form-urlencoded");
    return json ? JSON : BINARY;
  }

  /** The body as a string; throws {@link HttpError} 400 if it is not UTF-8. */
  public static String utf8(Buffer body) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(body.getBytes()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new HttpError(400, "bad-utf8", "the body is not UTF-8");
    }
  }
}
