package dev.selvedge.protocol.signalr;

import dev.selvedge.edge.Exchange;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.LaneClock;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Long polling: what is written waits for the client's next request. The first one is answered at
 * once and only begins the connection. With {@link #MAX_WAITING} bytes there the session is told to
 * stop.
 */
final class PollPipe implements Pipe {
  static final long MAX_WAITING = 64 * 1024;
  private static final Map<String, String> UNCACHED =
      Map.of(
          "cache-control", "no-cache, no-store",
          "pragma", "no-cache",
          "expires", "Thu, 01 Jan 1970 00:00:00 GMT");
  private static final Map<String, String> DATA =
      Map.of(
          "content-type", "application/octet-stream",
          "cache-control", "no-cache, no-store",
          "pragma", "no-cache",
          "expires", "Thu, 01 Jan 1970 00:00:00 GMT");

  private final HubConnection connection;
  private final LaneClock clock;
  private final LaneClock.Deadline patience;
  private final long wait;
  private Buffer waiting = Buffer.buffer();
  private @Nullable Exchange poll;
  private boolean answering;
  private boolean over;

  /**
   * @param wait how long a poll is held without data, in milliseconds
   */
  PollPipe(HubConnection connection, LaneClock clock, long wait) {
    this.connection = connection;
    this.clock = clock;
    this.wait = wait;
    this.patience = clock.deadline(this::answer);
  }

  /** The first poll: it is told that the connection is there. */
  void begin(Exchange first) {
    first.respond(200, UNCACHED, Buffer.buffer());
  }

  /** A poll. One that is held already is let go; no data is lost with it. */
  void poll(Exchange next) {
    release(204);
    if (waiting.length() == 0 && over) {
      next.respond(204, UNCACHED, Buffer.buffer());
      connection.forget();
      return;
    }
    poll = next;
    next.onAborted(
        () -> {
          if (poll == next) {
            poll = null;
            patience.cancel();
            connection.pollEnded();
          }
        });
    if (waiting.length() > 0) {
      answer();
    } else {
      patience.in(wait);
    }
  }

  boolean isPolled() {
    return poll != null;
  }

  /** Answers the held poll, if there is one, without data. */
  private void release(int status) {
    Exchange held = poll;
    if (held != null) {
      poll = null;
      patience.cancel();
      held.respond(status, UNCACHED, Buffer.buffer());
    }
  }

  private void flush() {
    answering = false;
    if (waiting.length() > 0) {
      answer();
    }
  }

  /** What waits goes with the held poll; without anything it is told to come again. */
  private void answer() {
    Exchange held = poll;
    if (held == null) {
      return;
    }
    poll = null;
    patience.cancel();
    boolean full = !writable();
    Buffer data = waiting;
    waiting = Buffer.buffer();
    held.respond(200, data.length() == 0 ? UNCACHED : DATA, data);
    connection.pollEnded();
    if (full) {
      connection.drained();
    }
  }

  @Override
  public Transport transport() {
    return Transport.LONGPOLL;
  }

  @Override
  public boolean carriesBinary() {
    return true;
  }

  @Override
  public boolean needsPings() {
    return false;
  }

  /** What is written in one go is answered in one go. */
  @Override
  public void write(byte[] bytes, boolean binary) {
    waiting.appendBytes(bytes);
    if (poll != null && !answering) {
      answering = true;
      clock.soon(this::flush);
    }
  }

  @Override
  public boolean writable() {
    return !over && waiting.length() < MAX_WAITING;
  }

  @Override
  public long pendingBytes() {
    return waiting.length();
  }

  @Override
  public void pauseReading() {}

  @Override
  public void resumeReading() {}

  /** What waits is still answered; the poll after it is told 204, which ends the client. */
  @Override
  public void end(boolean failed) {
    over = true;
    if (waiting.length() > 0) {
      answer();
    } else if (poll != null) {
      release(204);
      connection.forget();
    }
  }
}
