package dev.selvedge.edge;

import io.vertx.core.buffer.Buffer;

/** An answer that goes on. Confined to the exchange's event loop. */
public interface ResponseStream {
  void write(Buffer chunk);

  void end();

  /** Bytes written and not yet taken by the client's connection. */
  long pendingBytes();

  /** Whether more may be written without piling up (under 64 KiB wait). */
  boolean writable();

  /** Called whenever {@link #writable} becomes true again. */
  void onDrained(Runnable action);

  /** Called once when the stream is over for any other reason than {@link #end}. */
  void onClosed(Runnable action);
}
