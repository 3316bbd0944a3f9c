package dev.selvedge.protocol.raw;

import dev.selvedge.edge.HttpError;
import dev.selvedge.protocol.MediaType;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** The body of a post to a session, by its content type. Pure. */
final class PostedBody {
  private PostedBody() {}

  /** Throws {@link HttpError} 400 if it is not what its type says, or no message. */
  static List<FromClient> read(MediaType type, Buffer body) {
    try {
      return switch (type) {
        case JSON -> JsonForm.list(MediaType.utf8(body));
        case TEXT -> bare(MediaType.utf8(body));
        case BINARY -> bare(body);
      };
    } catch (MalformedMessage e) {
      throw new HttpError(400, "bad-message", e.reason().text());
    }
  }

  private static List<FromClient> bare(Object textOrBuffer) {
    return List.of(new FromClient.Said(RawCodec.bare(textOrBuffer)));
  }
}
