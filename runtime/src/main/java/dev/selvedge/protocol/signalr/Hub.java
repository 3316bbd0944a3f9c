package dev.selvedge.protocol.signalr;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.ClientPort;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Note;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hub of one connection: a session of the function, in the words of the hub protocol. A target
 * is an event, arguments are arguments, a completion is a reply. Confined to the connection's lane.
 */
final class Hub implements ClientPort {
  /** Of messages of a client that does not count them. */
  static final long NO_NUMBER = -1;

  private final HubConnection connection;
  private final HubFormat format;
  private final Invocations invocations = new Invocations();
  private @Nullable ClientSession session;

  Hub(HubConnection connection, HubFormat format) {
    this.connection = connection;
    this.format = format;
  }

  /** Starts the conversation. */
  void opened(ClientSession opened) {
    session = opened;
    opened.drained();
  }

  /** Goes on with what the client said at another edge, as far as that is not settled. */
  void goOn(ClientSession with, List<Note> heard) {
    session = with;
    heard.forEach(said -> again(with, said));
  }

  /** Calls without streams go to the function, if it has not got them; what else is ended. */
  private void again(ClientSession to, Note said) {
    HubMessage message = said.kind() == Note.Kind.HEARD ? format.decode(said.bytes()) : null;
    if (message instanceof HubMessage.Invocation call
        && (call.id() == null || call.streamIds().isEmpty())) {
      receive(call, said.number());
      for (String id : call.streamIds()) {
        Long stream = invocations.endStream(id);
        if (stream != null) {
          to.endStream(stream, ReplyError.EDGE_LOST);
        }
      }
      return;
    }
    if (!said.label().isEmpty()) {
      write(new HubMessage.Failed(said.label(), HubErrors.INTERRUPTED));
    }
    to.note(Note.settled(said.number()));
  }

  /** The connection is over, for this reason. */
  void end(CloseReason reason) {
    if (session != null && session.isOpen()) {
      session.end(reason);
    }
  }

  void drained() {
    if (session != null && session.isOpen()) {
      session.drained();
    }
  }

  // ---- from the client

  /**
   * @param number the client's own, or {@link #NO_NUMBER}
   */
  void receive(HubMessage message, long number) {
    ClientSession to = session;
    if (to == null || !to.isOpen()) {
      return;
    }
    if (message instanceof HubMessage.Invocation call) {
      invoke(to, number, call.id(), call.target(), call.args(), call.streamIds(), false);
    } else if (message instanceof HubMessage.StreamInvocation call) {
      invoke(to, number, call.id(), call.target(), call.args(), call.streamIds(), true);
    } else if (message instanceof HubMessage.StreamItem item) {
      Long stream = invocations.stream(item.id());
      if (stream != null) {
        to.item(stream, item.item());
      }
    } else if (message instanceof HubMessage.Completion completion) {
      complete(to, completion);
    } else if (message instanceof HubMessage.CancelInvocation cancel) {
      cancel(to, cancel.id());
    }
  }

  private void invoke(
      ClientSession to,
      long number,
      @Nullable String id,
      String target,
      List<@Nullable Object> args,
      List<String> streamIds,
      boolean wantsStream) {
    String refusal = refusal(id, target, streamIds);
    if (refusal != null) {
      if (id != null) {
        write(new HubMessage.Failed(id, refusal));
      }
      to.note(Note.settled(number));
      return;
    }
    List<Long> streams = invocations.beginStreams(streamIds);
    long replyTo = ClientMessage.NO_REPLY;
    if (id != null) {
      replyTo = number == NO_NUMBER ? invocations.nextNumber() : number;
      invocations.begin(replyTo, id, target, wantsStream, streamIds);
    }
    ClientMessage said = new ClientMessage(target, args, replyTo, wantsStream, streams);
    if (number == NO_NUMBER) {
      to.receive(said);
    } else {
      to.receive(number, said);
    }
  }

  private @Nullable String refusal(@Nullable String id, String target, List<String> streamIds) {
    if (target.isEmpty()) {
      return HubErrors.unknownMethod(target);
    }
    if (id != null && invocations.isPending(id)) {
      return HubErrors.idInUse(id);
    }
    if (invocations.pending() >= Invocations.MAX_PENDING) {
      return HubErrors.tooMany(target, "invocations without an answer", Invocations.MAX_PENDING);
    }
    if (invocations.streams() + streamIds.size() > Invocations.MAX_STREAMS) {
      return HubErrors.tooMany(target, "streams of a client", Invocations.MAX_STREAMS);
    }
    return streamIds.stream()
        .filter(stream -> invocations.stream(stream) != null)
        .findFirst()
        .map(HubErrors::idInUse)
        .orElse(null);
  }

  /** The end of a stream, or the answer to an invocation by the function; others are ignored. */
  private void complete(ClientSession to, HubMessage.Completion completion) {
    ReplyError error =
        completion instanceof HubMessage.Failed failed
            ? new ReplyError("client-error", failed.error(), null)
            : null;
    Long stream = invocations.endStream(completion.id());
    if (stream != null) {
      to.endStream(stream, error);
      return;
    }
    Optional<Long> asked = ownNumber(completion.id());
    if (asked.isEmpty()) {
      return;
    }
    if (error != null) {
      to.answerError(asked.get(), error);
    } else if (completion instanceof HubMessage.Result result) {
      to.answer(asked.get(), Collections.singletonList(result.result()));
    } else {
      to.answer(asked.get(), List.of());
    }
  }

  private static Optional<Long> ownNumber(String id) {
    return id.matches(HubFormat.OWN_ID + "[0-9]{1,18}")
        ? Optional.of(Long.parseLong(id.substring(HubFormat.OWN_ID.length())))
        : Optional.empty();
  }

  /** Only streams can be canceled; the client gets its completion at once. */
  private void cancel(ClientSession to, String id) {
    Long number = invocations.number(id);
    Invocations.Pending pending = number == null ? null : invocations.get(number);
    if (number != null && pending != null && pending.wantsStream()) {
      invocations.end(number);
      write(new HubMessage.Done(id));
      settled(number);
      to.cancel(number);
    }
  }

  // ---- towards the client

  private void write(HubMessage message) {
    connection.writeCounted(format.encode(message), null);
  }

  /** The client has been told how that invocation has ended. */
  private void settled(long number) {
    if (session != null) {
      session.note(Note.settled(number));
    }
  }

  @Override
  public Transport transport() {
    return connection.transport();
  }

  @Override
  public void send(Outbound message) {
    switch (message.kind()) {
      case EVENT -> connection.writeCounted(format.invocation(message), message);
      case REPLY -> reply(message);
      case ERROR -> fail(message.replyTo(), message.error());
      case ITEM -> item(message);
      case END -> endStream(message);
    }
  }

  private void reply(Outbound message) {
    Invocations.Pending pending = invocations.end(message.replyTo());
    if (pending == null) {
      return;
    }
    write(
        pending.wantsStream()
            ? new HubMessage.Failed(pending.id(), HubErrors.notStreaming(pending.target()))
            : new HubMessage.Result(pending.id(), one(message.args())));
    settled(message.replyTo());
  }

  /** A completion has one result: several values are an array, none is null. */
  private static @Nullable Object one(List<@Nullable Object> args) {
    return switch (args.size()) {
      case 0 -> null;
      case 1 -> args.get(0);
      default -> new JsonArray(new ArrayList<>(args));
    };
  }

  private void fail(long number, @Nullable ReplyError error) {
    Invocations.Pending pending = invocations.end(number);
    if (pending != null && error != null) {
      String text = HubErrors.of(error, pending.target(), pending.hasBegun());
      write(new HubMessage.Failed(pending.id(), text));
      settled(number);
    }
  }

  /** Items that come after the client has canceled are dropped. */
  private void item(Outbound message) {
    Invocations.Pending pending = invocations.get(message.replyTo());
    if (pending != null) {
      pending.begin();
      write(new HubMessage.StreamItem(pending.id(), message.args().get(0)));
    }
  }

  private void endStream(Outbound message) {
    if (message.error() != null) {
      fail(message.replyTo(), message.error());
      return;
    }
    Invocations.Pending pending = invocations.end(message.replyTo());
    if (pending != null) {
      write(new HubMessage.Done(pending.id()));
      settled(message.replyTo());
    }
  }

  @Override
  public boolean writable() {
    return session != null && connection.writable();
  }

  @Override
  public long pendingBytes() {
    return connection.pendingBytes();
  }

  @Override
  public void pauseReading() {
    connection.pauseReading();
  }

  @Override
  public void resumeReading() {
    connection.resumeReading();
  }

  @Override
  public void close(CloseReason reason) {
    connection.close(HubErrors.closed(reason), reason);
  }

  @Override
  public void handedOver(CloseReason reason) {
    connection.handedOver(reason);
  }

  @Override
  public void refused(CloseReason reason, ReplyError why) {
    connection.close(HubErrors.refused(why), CloseReason.REFUSED);
  }

  HubFormat format() {
    return format;
  }
}
