package dev.selvedge.host;

import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.FunctionException;
import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.ReplyError;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.ToClient;
import dev.selvedge.session.ToFunction;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a session at the instance that has it. Items pass the mailbox by: a stream runs
 * beside the session's callbacks. Any thread.
 */
final class HostedStreams {
  private final SessionId session;
  private final NodeId edge;
  private final Lane lane;
  private final Instance instance;
  private final Map<Long, InStream> incoming = new ConcurrentHashMap<>(2);
  private final Map<Long, OutStream> outgoing = new ConcurrentHashMap<>(2);

  /** The messages that want a stream and have no answer: false if the client has cancelled it. */
  private final Map<Long, Boolean> wanted = new ConcurrentHashMap<>(2);

  /**
   * @param lane the one on which the edge's envelopes arrive, and what is said to it leaves
   */
  HostedStreams(SessionId session, NodeId edge, Lane lane, Instance instance) {
    this.session = session;
    this.edge = edge;
    this.lane = lane;
    this.instance = instance;
  }

  /**
   * A message that brings streams, or wants one, is in the mailbox: their items, or the client's
   * change of mind, may come before the function has seen it.
   */
  void expect(ClientMessage message) {
    for (long stream : message.streams()) {
      incoming.put(stream, new InStream(instance.context(), this::taken));
    }
    if (message.wantsStream()) {
      wanted.put(message.replyTo(), true);
    }
  }

  private void taken(int items) {
    lane.run(() -> lane.send(edge, new ToClient.StreamTaken(session, items)));
  }

  /** The streams of a message, in the client's order. */
  List<ReadStream<@Nullable Object>> of(List<Long> numbers) {
    List<ReadStream<@Nullable Object>> streams = new ArrayList<>(numbers.size());
    for (long number : numbers) {
      InStream stream = incoming.get(number);
      if (stream != null) {
        streams.add(stream);
      }
    }
    return streams;
  }

  /** The message that brought these has been answered. */
  void abandon(List<Long> numbers) {
    for (long number : numbers) {
      InStream stream = incoming.remove(number);
      if (stream != null) {
        stream.abandon();
      }
    }
  }

  /** The function answers with a stream; on the instance's context. */
  void answering(long replyTo, OutStream stream) {
    outgoing.put(replyTo, stream);
    if (Boolean.FALSE.equals(wanted.get(replyTo))) {
      cancel(replyTo);
    }
  }

  /** The function has answered, or the stream that was the answer is at its end. */
  void answered(long replyTo) {
    outgoing.remove(replyTo);
    wanted.remove(replyTo);
  }

  private void cancel(long replyTo) {
    wanted.replace(replyTo, false);
    OutStream stream = outgoing.remove(replyTo);
    if (stream != null) {
      instance.run(() -> stream.stop("cancelled", "the client wants no more", true));
    }
  }

  // ---- what the edge says

  void receive(ToFunction envelope) {
    if (envelope instanceof ToFunction.StreamItem item) {
      item(item);
    } else if (envelope instanceof ToFunction.StreamEnd end) {
      InStream stream = incoming.get(end.stream());
      if (stream != null) {
        stream.end(asException(end.error()));
      }
    } else if (envelope instanceof ToFunction.StreamCredit credit) {
      OutStream stream = outgoing.get(credit.replyTo());
      if (stream != null) {
        instance.run(() -> stream.credit(credit.items()));
      }
    } else if (envelope instanceof ToFunction.StreamCancel cancel) {
      cancel(cancel.replyTo());
    }
  }

  /** An item of a stream that nobody reads any more counts as read. */
  private void item(ToFunction.StreamItem item) {
    InStream stream = incoming.get(item.stream());
    if (stream == null) {
      taken(1);
    } else {
      stream.item(item.value());
    }
  }

  private static @Nullable FunctionException asException(@Nullable ReplyError error) {
    return error == null ? null : new FunctionException(error.code(), error.text(), error.data());
  }

  /** The session is over here. */
  void close(String code, String text) {
    incoming.values().forEach(stream -> stream.end(new FunctionException(code, text)));
    List<OutStream> answers = List.copyOf(outgoing.values());
    if (!answers.isEmpty()) {
      instance.run(() -> answers.forEach(stream -> stream.stop(code, text, false)));
    }
    incoming.clear();
    outgoing.clear();
  }
}
