package dev.selvedge.protocol;

import dev.selvedge.edge.ResponseStream;
import io.vertx.core.buffer.Buffer;

/** A stream whose client reads when the test says so. */
public final class FakeStream implements ResponseStream {
  public final StringBuilder text = new StringBuilder();
  public boolean ended;
  public boolean closed;
  public boolean full;
  private Runnable drained = () -> {};
  private Runnable onClosed = () -> {};

  /** What was written since the last call. */
  public String takeText() {
    String taken = text.toString();
    text.setLength(0);
    return taken;
  }

  public void drain() {
    full = false;
    drained.run();
  }

  /** The client goes away. */
  public void close() {
    if (!ended && !closed) {
      closed = true;
      onClosed.run();
    }
  }

  @Override
  public void write(Buffer chunk) {
    if (ended || closed) {
      throw new IllegalStateException("written to after its end: " + chunk);
    }
    text.append(chunk);
  }

  @Override
  public void end() {
    ended = true;
  }

  @Override
  public long pendingBytes() {
    return full ? 64 * 1024 : 0;
  }

  @Override
  public boolean writable() {
    return !full;
  }

  @Override
  public void onDrained(Runnable action) {
    drained = action;
  }

  @Override
  public void onClosed(Runnable action) {
    onClosed = action;
  }
}
