package dev.selvedge.protocol.raw;

import dev.selvedge.edge.HttpError;
import dev.selvedge.protocol.MediaType;
import dev.selvedge.session.ClientMessage;
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
        case TEXT -> List.of(RawCodec.bare(MediaType.utf8(body)));
        case BINARY -> List.of(RawCodec.bare(body));
      };
    } catch (MalformedMessage e) {
      throw new HttpError(400, "bad-message", e.reason().text());
    }
  }
}
