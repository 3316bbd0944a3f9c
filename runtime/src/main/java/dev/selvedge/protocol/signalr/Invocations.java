package dev.selvedge.protocol.signalr;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client has begun and not seen the end of: invocations that want an answer, and streams
 * that it sends. A client names both with strings, a session with numbers. Confined to the
 * connection's lane.
 */
final class Invocations {
  /** Unanswered invocations of a connection. */
  static final int MAX_PENDING = 4_096;

  /** Streams that a connection sends at the same time. */
  static final int MAX_STREAMS = 256;

  /** An invocation that wants an answer. */
  static final class Pending {
    private final String id;
    private final String target;
    private final boolean stream;
    private final List<String> streamIds;
    private boolean begun;

    private Pending(String id, String target, boolean stream, List<String> streamIds) {
      this.id = id;
      this.target = target;
      this.stream = stream;
      this.streamIds = streamIds;
    }

    String id() {
      return id;
    }

    String target() {
      return target;
    }

    /** Whether it is to be answered by a stream. */
    boolean wantsStream() {
      return stream;
    }

    /** Whether items of its answer have been sent. */
    boolean hasBegun() {
      return begun;
    }

    void begin() {
      begun = true;
    }
  }

  private final Map<Long, Pending> byNumber = new HashMap<>();
  private final Map<String, Long> numbers = new HashMap<>();
  private final Map<String, Long> streams = new HashMap<>();
  private long last;

  boolean isPending(String id) {
    return numbers.containsKey(id);
  }

  int pending() {
    return byNumber.size();
  }

  int streams() {
    return streams.size();
  }

  /** A number that no other invocation has, if all have such a number. */
  long nextNumber() {
    return ++last;
  }

  /** Begins an invocation with a number that no other one has. */
  void begin(long number, String id, String target, boolean stream, List<String> streamIds) {
    byNumber.put(number, new Pending(id, target, stream, streamIds));
    numbers.put(id, number);
  }

  @Nullable Pending get(long number) {
    return byNumber.get(number);
  }

  /** The number of an invocation that is pending. */
  @Nullable Long number(String id) {
    return numbers.get(id);
  }

  /** Ends an invocation, and the streams that came with it; null if it has ended before. */
  @Nullable Pending end(long number) {
    Pending pending = byNumber.remove(number);
    if (pending != null) {
      numbers.remove(pending.id);
      pending.streamIds.forEach(streams::remove);
    }
    return pending;
  }

  /** Begins the streams that an invocation sends along; returns their numbers. */
  List<Long> beginStreams(List<String> ids) {
    List<Long> begun = new ArrayList<>(ids.size());
    for (String id : ids) {
      long number = ++last;
      streams.put(id, number);
      begun.add(number);
    }
    return begun;
  }

  /** The number of a stream that is being sent. */
  @Nullable Long stream(String id) {
    return streams.get(id);
  }

  @Nullable Long endStream(String id) {
    return streams.remove(id);
  }
}
