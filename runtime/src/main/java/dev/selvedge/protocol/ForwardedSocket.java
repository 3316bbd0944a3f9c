package dev.selvedge.protocol;

import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.function.CloseReason;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket whose client is on another lane, perhaps of another node. As {@link
 * WebSocketConnection} says, but that {@link #writable} turns false with {@link #WINDOW} under way
 * and true again below half of it. Confined to the session's lane.
 */
final class ForwardedSocket implements WebSocketConnection {
  /** Weight of the messages that may be under way in either direction. */
  static final long WINDOW = 256 * 1024;

  /** Weight that is told together. */
  static final long CREDIT_STEP = WINDOW / 8;

  private static final long PENDING_LIMIT = 2 * 1024 * 1024;

  /** The way to the client. */
  interface Client {
    void message(boolean text, Buffer payload);

    void close(CloseReason reason);
  }

  private record Message(boolean text, Buffer payload) {}

  private final Client client;
  private final LongConsumer handled;
  private final Deque<Message> waiting = new ArrayDeque<>();
  private @Nullable Listener listener;
  private boolean paused;
  private boolean delivering;
  private boolean closing;
  private boolean over;
  private long underWay;
  private boolean full;
  private long untold;

  /**
   * @param handled tells the client's node that messages of that weight are handled
   */
  ForwardedSocket(Client client, LongConsumer handled) {
    this.client = client;
    this.handled = handled;
  }

  // From the client.

  @Override
  public void listen(Listener newListener) {
    listener = newListener;
    deliver();
  }

  /** Not more than the window's weight and one message wait here while reading is paused. */
  void receive(boolean text, Buffer payload) {
    if (!closing && !over) {
      waiting.add(new Message(text, payload));
      deliver();
    }
  }

  // A listener may pause, resume or close from inside.
  private void deliver() {
    Listener to = listener;
    if (delivering || to == null) {
      return;
    }
    delivering = true;
    try {
      while (!paused && !closing && !over && !waiting.isEmpty()) {
        Message next = waiting.remove();
        to.message(next.text(), Unpooled.wrappedBuffer(next.payload().getBytes()));
        tellHandled(SocketEnvelope.weight(next.payload()));
      }
    } finally {
      delivering = false;
    }
  }

  private void tellHandled(long weight) {
    untold += weight;
    if (untold >= CREDIT_STEP && !over) {
      long told = untold;
      untold = 0;
      handled.accept(told);
    }
  }

  /** The client's connection has taken messages of that weight. */
  void taken(long weight) {
    underWay -= weight;
    if (full && underWay < WINDOW / 2) {
      full = false;
      if (listener != null && !closing && !over) {
        listener.drained();
      }
    }
  }

  void closed(CloseReason reason) {
    if (!over) {
      over = true;
      waiting.clear();
      if (listener != null) {
        listener.closed(reason);
      }
    }
  }

  // To the client.

  @Override
  public void send(boolean text, byte[] payload) {
    if (closing || over) {
      return;
    }
    if (underWay > PENDING_LIMIT) {
      close(CloseReason.SLOW_CONSUMER);
      return;
    }
    Buffer bytes = Buffer.buffer(payload);
    underWay += SocketEnvelope.weight(bytes);
    full = full || underWay >= WINDOW;
    client.message(text, bytes);
  }

  @Override
  public void close(CloseReason reason) {
    if (!closing && !over) {
      closing = true;
      waiting.clear();
      client.close(reason);
    }
  }

  @Override
  public void pauseReading() {
    paused = true;
  }

  @Override
  public void resumeReading() {
    paused = false;
    deliver();
  }

  @Override
  public long pendingBytes() {
    return underWay;
  }

  @Override
  public boolean writable() {
    return !full;
  }
}
