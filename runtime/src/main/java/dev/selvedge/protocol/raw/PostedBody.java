package dev.selvedge.protocol.raw;

import dev.selvedge.edge.HttpError;
import dev.selvedge.protocol.MediaType;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** The body of a post to a session, by its content type. Pure. */
final class PostedBody {
  private PostedBody() {}

  /** Throws {@link HttpError} 400 if it is not what its type says, or no message. */
  static List<ClientMessage> messages(MediaType type, Buffer body) {
    try {
      return switch (type) {
        case JSON -> RawCodec.listFromJson(MediaType.utf8(body));
        case TEXT -> List.of(ClientMessage.bare(MediaType.utf8(body)));
        case BINARY -> List.of(ClientMessage.bare(body));
      };
    } catch (MalformedMessage e) {
      throw new HttpError(400, "bad-message", e.reason().text());
    }
  }
}
