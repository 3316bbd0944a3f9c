package dev.selvedge.protocol.signalr;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client of event streams or long polling sends, in the order in which its requests came.
 * Each is answered when its body has been taken, so that a client that waits for the answers is
 * slowed down while the function is behind. With {@link #MAX_HELD} requests, or {@link
 * #MAX_HELD_BYTES} of bodies, that are not taken, a request is answered 503 and dropped.
 */
final class Posts {
  static final int MAX_HELD = 64;
  static final int MAX_HELD_BYTES = 1024 * 1024;

  private final HubConnection connection;
  private final Deque<Post> held = new ArrayDeque<>();
  private int heldBytes;

  private static final class Post {
    final Exchange exchange;
    @Nullable Buffer body;
    boolean added;

    Post(Exchange exchange) {
      this.exchange = exchange;
    }
  }

  Posts(HubConnection connection) {
    this.connection = connection;
  }

  void take(Exchange exchange) {
    if (held.size() >= MAX_HELD) {
      exchange.fail(busy());
      return;
    }
    Post post = new Post(exchange);
    held.addLast(post);
    exchange.body().onSuccess(body -> read(post, body)).onFailure(error -> failed(post, error));
  }

  private static HttpError busy() {
    return new HttpError(503, "busy", "the function is behind", Map.of("retry-after", "1"));
  }

  private void read(Post post, Buffer body) {
    if (connection.isOver()) {
      return;
    }
    if (heldBytes > 0 && heldBytes + body.length() > MAX_HELD_BYTES) {
      failed(post, busy());
      return;
    }
    heldBytes += body.length();
    post.body = body;
    connection.drain();
  }

  private void failed(Post post, Throwable error) {
    held.remove(post);
    post.exchange.fail(
        error instanceof HttpError http
            ? http
            : new HttpError(500, "internal", "the request could not be read"));
    connection.drain();
  }

  /**
   * Adds the next body to the input; the one before it has been handled, and is answered.
   *
   * @return whether there was one
   */
  boolean feed(HubInput input) {
    Post first = held.peekFirst();
    if (first == null) {
      return false;
    }
    Buffer body = first.body;
    if (body == null) {
      return false;
    }
    if (first.added) {
      held.removeFirst();
      heldBytes -= body.length();
      HttpAnswers.taken(first.exchange);
    } else {
      first.added = true;
      input.add(((BufferInternal) body).getByteBuf());
    }
    return true;
  }

  /** The connection is over, perhaps by what the first of them said. */
  void close() {
    for (Post post : held) {
      if (post.added) {
        HttpAnswers.taken(post.exchange);
      } else {
        HttpAnswers.unknownConnection(post.exchange);
      }
    }
    held.clear();
    heldBytes = 0;
  }
}
