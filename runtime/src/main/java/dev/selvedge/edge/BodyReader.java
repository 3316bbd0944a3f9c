package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;

/** Takes a request's body piece by piece. Called on the exchange's event loop. */
public interface BodyReader {
  /** The next bytes; whoever implements this releases them. */
  void chunk(ByteBuf chunk);

  /** The body is complete. Trailers are dropped. */
  void end();

  /**
   * The rest will not come: it is badly encoded or too slow. The exchange has been answered with
   * the error, unless an answer was begun before.
   */
  void failed(HttpError error);
}
