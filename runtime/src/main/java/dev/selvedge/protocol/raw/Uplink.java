package dev.selvedge.protocol.raw;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.function.CloseReason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP session's client posts. While the function is behind, posts wait here unanswered,
 * which slows a client down that waits for its answers; beyond {@link #MAX_HELD} of them a post is
 * answered 503 and not taken. A post with a number is taken once, and only in the order of the
 * numbers. Confined to the session's lane.
 */
final class Uplink {
  static final int MAX_HELD = 4;

  /** The number of a post without a number. */
  static final long UNNUMBERED = 0;

  private final HttpSession session;
  private final Deque<Post> held = new ArrayDeque<>();
  private long lastNumber;
  private boolean paused;
  private boolean pumping;
  private @Nullable CloseReason ended;

  private static final class Post {
    final long number;
    final Iterator<FromClient> messages;
    Exchange exchange;

    Post(long number, List<FromClient> messages, Exchange exchange) {
      this.number = number;
      this.messages = messages.iterator();
      this.exchange = exchange;
    }
  }

  Uplink(HttpSession session) {
    this.session = session;
  }

  /** Takes what was posted and answers, now or when the function keeps up. */
  void take(Exchange exchange, List<FromClient> messages, long number) {
    if (ended != null) {
      Answers.closed(exchange, ended);
    } else if (number != UNNUMBERED && number <= lastNumber) {
      takeRepeated(exchange, number);
    } else if (number != UNNUMBERED && number != lastNumber + 1) {
      exchange.fail(
          new HttpError(
              409, "bad-seq", "seq: " + number + " (expected: " + (lastNumber + 1) + ")"));
    } else if (held.size() >= MAX_HELD) {
      exchange.fail(
          new HttpError(
              503,
              "busy",
              "the function is behind and " + MAX_HELD + " posts wait already",
              Map.of("retry-after", "1")));
    } else {
      lastNumber = Math.max(lastNumber, number);
      held.addLast(new Post(number, messages, exchange));
      pump();
    }
  }

  private void takeRepeated(Exchange exchange, long number) {
    for (Post post : held) {
      if (post.number == number) {
        post.exchange.fail(new HttpError(409, "repeated", "seq " + number + " was sent again"));
        post.exchange = exchange;
        return;
      }
    }
    Answers.accepted(exchange);
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    pump();
  }

  // Handling a message may pause, resume or end the session at once, so this can be called again
  // from inside itself.
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (!paused && !held.isEmpty()) {
        handOver(held.getFirst());
      }
    } finally {
      pumping = false;
    }
  }

  private void handOver(Post post) {
    if (post.messages.hasNext()) {
      post.messages.next().tell(session.client());
    } else {
      held.removeFirst();
      Answers.accepted(post.exchange);
    }
  }

  void close(CloseReason reason) {
    ended = reason;
    held.forEach(post -> Answers.closed(post.exchange, reason));
    held.clear();
  }
}
