package dev.selvedge.protocol.socketio;

import dev.selvedge.edge.Exchange;
import dev.selvedge.protocol.LaneClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way to a client that polls: frames wait here for the next GET, which is held until there is
 * one. What is sent in one go is answered in one go. Confined to the session's lane.
 */
final class Polls {
  /** Bytes that may wait before whoever sends is told to stop. */
  static final long HIGH_WATER = 64 * 1024;

  /** With so many bytes waiting nothing more is taken, and the session ends. */
  static final long MAX_WAITING = 2 * 1024 * 1024;

  /** Of a frame besides its bytes. */
  private static final int OVERHEAD = 32;

  private final LaneClock clock;
  private final Runnable drained;
  private Deque<Frame> waiting = new ArrayDeque<>();
  private long bytes;
  private @Nullable Exchange held;
  private boolean answering;

  /**
   * @param drained called when more may be sent again
   */
  Polls(LaneClock clock, Runnable drained) {
    this.clock = clock;
    this.drained = drained;
  }

  boolean isHeld() {
    return held != null;
  }

  boolean isHeld(Exchange exchange) {
    return held == exchange;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  boolean writable() {
    return bytes < HIGH_WATER;
  }

  long pendingBytes() {
    return bytes;
  }

  /** A GET, with none held. */
  void hold(Exchange exchange) {
    held = exchange;
    if (!waiting.isEmpty()) {
      answer();
    }
  }

  /** False if as much as may wait does already; nothing is sent then. */
  boolean send(List<Frame> frames) {
    if (bytes >= MAX_WAITING) {
      return false;
    }
    for (Frame frame : frames) {
      waiting.add(frame);
      bytes += EngineCodec.lengthInPayload(frame) + OVERHEAD;
    }
    if (held != null && !answering) {
      answering = true;
      clock.soon(this::answerSoon);
    }
    return true;
  }

  private void answerSoon() {
    answering = false;
    if (held != null && !waiting.isEmpty()) {
      answer();
    }
  }

  /** Answers the held GET, if there is one, with what waits. */
  void answer() {
    Exchange exchange = release();
    if (exchange != null) {
      EngineAnswers.poll(exchange, EngineCodec.payload(takeWaiting()));
    }
  }

  /** Answers the held GET, if there is one, with what waits and this frame. */
  void answerWith(Frame last) {
    Exchange exchange = release();
    if (exchange != null) {
      Deque<Frame> frames = takeWaiting();
      frames.add(last);
      EngineAnswers.poll(exchange, EngineCodec.payload(frames));
    }
  }

  /** Answers the held GET, if there is one, with no more than this frame. */
  void cut(Frame only) {
    Exchange exchange = release();
    if (exchange != null) {
      EngineAnswers.poll(exchange, EngineCodec.payload(List.of(only)));
    }
  }

  /** Nothing more goes this way: refuses the held GET; what waits is for the WebSocket. */
  Deque<Frame> endWith(EngineRefusal refusal) {
    Exchange exchange = release();
    if (exchange != null) {
      refusal.answer(exchange);
    }
    return takeWaiting();
  }

  private @Nullable Exchange release() {
    Exchange exchange = held;
    held = null;
    return exchange;
  }

  private Deque<Frame> takeWaiting() {
    Deque<Frame> frames = waiting;
    boolean full = !writable();
    waiting = new ArrayDeque<>();
    bytes = 0;
    if (full) {
      clock.soon(drained);
    }
    return frames;
  }
}
