package dev.selvedge.protocol.signalr;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of the hub protocol, whatever its form. Headers of messages are checked when they are
 * read, and dropped: they mean nothing here.
 */
sealed interface HubMessage {
  int INVOCATION = 1;
  int STREAM_ITEM = 2;
  int COMPLETION = 3;
  int STREAM_INVOCATION = 4;
  int CANCEL_INVOCATION = 5;
  int PING = 6;
  int CLOSE = 7;
  int ACK = 8;
  int SEQUENCE = 9;

  /**
   * Whether it is numbered where connections are resumed: invocations, items, completions and
   * cancels.
   */
  default boolean counted() {
    return true;
  }

  /**
   * Calls a method of the other side.
   *
   * @param id null if no answer is wanted
   * @param streamIds of the streams that the caller sends along
   */
  record Invocation(
      @Nullable String id, String target, List<@Nullable Object> args, List<String> streamIds)
      implements HubMessage {
    public Invocation {
      args = copyOf(args);
      streamIds = List.copyOf(streamIds);
    }
  }

  /** Calls a method that answers with a stream. */
  record StreamInvocation(
      String id, String target, List<@Nullable Object> args, List<String> streamIds)
      implements HubMessage {
    public StreamInvocation {
      args = copyOf(args);
      streamIds = List.copyOf(streamIds);
    }
  }

  /** An item of a stream: of an answer, or of one that came with an invocation. */
  record StreamItem(String id, @Nullable Object item) implements HubMessage {}

  /** The end of an invocation or of a stream. */
  sealed interface Completion extends HubMessage {
    String id();
  }

  record Failed(String id, String error) implements Completion {}

  /** Without a result: the end of a stream. */
  record Done(String id) implements Completion {}

  record Result(String id, @Nullable Object result) implements Completion {}

  /** The caller no longer wants the stream that it asked for. */
  record CancelInvocation(String id) implements HubMessage {}

  record Ping() implements HubMessage {
    @Override
    public boolean counted() {
      return false;
    }
  }

  /**
   * The sender closes the connection.
   *
   * @param error null for an ordinary end
   */
  record Close(@Nullable String error, boolean allowReconnect) implements HubMessage {
    @Override
    public boolean counted() {
      return false;
    }
  }

  /** Every counted message up to this number has arrived. */
  record Ack(long sequenceId) implements HubMessage {
    @Override
    public boolean counted() {
      return false;
    }
  }

  /** The number of the next counted message, after the connection was resumed. */
  record Sequence(long sequenceId) implements HubMessage {
    @Override
    public boolean counted() {
      return false;
    }
  }

  /** A message of a type that is not known here: ignored. */
  record Unknown(long type) implements HubMessage {
    @Override
    public boolean counted() {
      return false;
    }
  }

  private static List<@Nullable Object> copyOf(List<@Nullable Object> args) {
    return Collections.unmodifiableList(new ArrayList<>(args));
  }
}
