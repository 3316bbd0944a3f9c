package dev.selvedge.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/**
 * What a lane does only when the node that stands by for it knows what it was told before. Asks
 * once for all of a loop tick. Confined to the lane.
 */
final class Confirmations {
  private record Waiting(long number, Runnable then) {}

  private final Executor lane;
  private final LongConsumer ask;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long last;
  private boolean asking;

  /**
   * @param lane runs what it is given in a later turn
   * @param ask sends the standby a number that it is to send back
   */
  Confirmations(Executor lane, LongConsumer ask) {
    this.lane = lane;
    this.ask = ask;
  }

  /** Runs that when the standby knows all that it was told until now; in order of the calls. */
  void await(Runnable then) {
    waiting.addLast(new Waiting(++last, then));
    if (!asking) {
      asking = true;
      lane.execute(this::askNow);
    }
  }

  private void askNow() {
    asking = false;
    again();
  }

  /** There is another standby, which has been told how things are. */
  void again() {
    if (!waiting.isEmpty()) {
      ask.accept(last);
    }
  }

  void confirmed(long number) {
    Waiting first = waiting.peekFirst();
    while (first != null && first.number() <= number) {
      waiting.removeFirst();
      first.then().run();
      first = waiting.peekFirst();
    }
  }

  /** Whether nothing waits. */
  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Nobody stands by any more: all that waits runs, and what that makes wait, in order. */
  void giveUp() {
    while (!waiting.isEmpty()) {
      confirmed(last);
    }
  }

  /** It is another edge that does it. */
  void forget() {
    waiting.clear();
  }
}
