package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;

/**
 * An answer that is passed on as it comes: what it says of its length holds, and the caller keeps
 * to it. Confined to the exchange's event loop.
 */
public interface AnswerStream {
  /** Takes the bytes over; they are dropped if the client is gone or the answer has no body. */
  void write(ByteBuf chunk);

  /** The answer is whole. */
  void end();

  /** The rest will not come: the connection ends so that the client cannot take it for whole. */
  void abort();

  /** Whether more may be written without piling up (under 64 KiB wait). */
  boolean writable();

  /** Called whenever {@link #writable} becomes true again. */
  void onDrained(Runnable action);
}
