package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.function.CloseReason;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a host, or anyone who knows a session's id, says to the edge that owns the session. */
public sealed interface ToClient extends Envelope {
  int BOUND = 24;
  int REFUSED = 25;
  int DONE = 26;
  int DELIVER = 27;
  int RELEASED = 28;
  int UNBOUND = 29;
  int END = 30;
  int MEMBERSHIP = 31;
  int MOVE = 32;
  int REPLY = 34;
  int STREAM_TAKEN = 40;
  int REQUEST = 41;
  int FORGET = 42;
  int HELD = 45;
  int POSTED = 46;

  SessionId session();

  /** Makes the edge the receiver of all these. */
  static void receiveWith(Fabric fabric, Envelope.Receiver edge) {
    fabric.register(BOUND, Bound::read, edge);
    fabric.register(REFUSED, Refused::read, edge);
    fabric.register(DONE, Done::read, edge);
    fabric.register(DELIVER, Deliver::read, edge);
    fabric.register(RELEASED, Released::read, edge);
    fabric.register(UNBOUND, Unbound::read, edge);
    fabric.register(END, End::read, edge);
    fabric.register(MEMBERSHIP, Membership::read, edge);
    fabric.register(MOVE, Move::read, edge);
    fabric.register(REPLY, Reply::read, edge);
    fabric.register(STREAM_TAKEN, StreamTaken::read, edge);
    fabric.register(REQUEST, Request::read, edge);
    fabric.register(FORGET, Forget::read, edge);
    fabric.register(HELD, Held::read, edge);
    fabric.register(POSTED, Posted::read, edge);
  }

  /**
   * To another edge than before: so many messages to the client, without replies, went to the one
   * before.
   */
  record Posted(SessionId session, long count) implements ToClient {
    @Override
    public int kind() {
      return POSTED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(count);
    }

    static Posted read(EnvelopeReader in) {
      return new Posted(SessionId.readFrom(in), in.number());
    }
  }

  /** Nothing more that the function sends to this client goes to this edge. */
  record Held(SessionId session) implements ToClient {
    @Override
    public int kind() {
      return HELD;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
    }

    static Held read(EnvelopeReader in) {
      return new Held(SessionId.readFrom(in));
    }
  }

  /** {@code onOpen} has succeeded, or the session was taken over. */
  record Bound(SessionId session, @Nullable String state) implements ToClient {
    @Override
    public int kind() {
      return BOUND;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.text(state);
    }

    static Bound read(EnvelopeReader in) {
      return new Bound(SessionId.readFrom(in), in.text());
    }
  }

  /** {@code onOpen} has failed: close the client. The host has forgotten the session. */
  record Refused(SessionId session, CloseReason reason, ReplyError why) implements ToClient {
    @Override
    public int kind() {
      return REFUSED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      Reasons.write(out, reason);
      why.writeTo(out);
    }

    static Refused read(EnvelopeReader in) {
      return new Refused(SessionId.readFrom(in), Reasons.read(in), ReplyError.readFrom(in));
    }
  }

  /**
   * The messages up to {@code sequence} have been handled.
   *
   * @param state the session's state as JSON if it has changed, else null
   */
  record Done(SessionId session, long sequence, @Nullable String state) implements ToClient {
    @Override
    public int kind() {
      return DONE;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(sequence).text(state);
    }

    static Done read(EnvelopeReader in) {
      return new Done(SessionId.readFrom(in), in.number(), in.text());
    }
  }

  /**
   * Send this to the client.
   *
   * @param ticket to answer with {@link Ack}, or 0 for no answer
   */
  record Deliver(SessionId session, Outbound message, long ticket) implements ToClient {
    @Override
    public int kind() {
      return DELIVER;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      message.writeTo(out);
      out.number(ticket);
    }

    static Deliver read(EnvelopeReader in) {
      return new Deliver(SessionId.readFrom(in), Outbound.readFrom(in), in.number());
    }
  }

  /**
   * Send this reply to the client, unless it has had one to the same message.
   *
   * @param sequence of the message that it answers
   */
  record Reply(SessionId session, long sequence, Outbound message) implements ToClient {
    @Override
    public int kind() {
      return REPLY;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(sequence);
      message.writeTo(out);
    }

    static Reply read(EnvelopeReader in) {
      return new Reply(SessionId.readFrom(in), in.number(), Outbound.readFrom(in));
    }
  }

  /**
   * The host has let go of the session after handling {@code sequence}.
   *
   * @param interrupted whether the message after it was under way and did not come to an end
   */
  record Released(SessionId session, long sequence, @Nullable String state, boolean interrupted)
      implements ToClient {
    @Override
    public int kind() {
      return RELEASED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(sequence).text(state).flag(interrupted);
    }

    static Released read(EnvelopeReader in) {
      return new Released(SessionId.readFrom(in), in.number(), in.text(), in.flag());
    }
  }

  /**
   * The answer to a {@link ToFunction.Bind} that this host cannot serve: bind it elsewhere. Other
   * messages for a session that a host does not have are late ones, and dropped.
   */
  record Unbound(SessionId session) implements ToClient {
    @Override
    public int kind() {
      return UNBOUND;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
    }

    static Unbound read(EnvelopeReader in) {
      return new Unbound(SessionId.readFrom(in));
    }
  }

  /** The host wants the session to move: release it and bind it elsewhere. */
  record Move(SessionId session) implements ToClient {
    @Override
    public int kind() {
      return MOVE;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
    }

    static Move read(EnvelopeReader in) {
      return new Move(SessionId.readFrom(in));
    }
  }

  /** End the session. */
  record End(SessionId session, CloseReason reason, long ticket) implements ToClient {
    @Override
    public int kind() {
      return END;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      Reasons.write(out, reason);
      out.number(ticket);
    }

    static End read(EnvelopeReader in) {
      return new End(SessionId.readFrom(in), Reasons.read(in), in.number());
    }
  }

  /**
   * Join or leave a group.
   *
   * @param meta what to show in the presence of a joining session, or null
   */
  record Membership(
      SessionId session, String group, boolean join, @Nullable JsonObject meta, long ticket)
      implements ToClient {
    @Override
    public int kind() {
      return MEMBERSHIP;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.text(group).flag(join).value(meta).number(ticket);
    }

    static Membership read(EnvelopeReader in) {
      return new Membership(
          SessionId.readFrom(in), in.requiredText(), in.flag(), in.object(), in.number());
    }
  }

  /** The function has read so many items of the streams that the client sends. */
  record StreamTaken(SessionId session, int items) implements ToClient {
    @Override
    public int kind() {
      return STREAM_TAKEN;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(items);
    }

    static StreamTaken read(EnvelopeReader in) {
      return new StreamTaken(SessionId.readFrom(in), (int) in.number());
    }
  }

  /**
   * Ask the client.
   *
   * @param ticket to answer with {@link Answer}
   */
  record Request(SessionId session, String event, List<@Nullable Object> args, long ticket)
      implements ToClient {
    @Override
    public int kind() {
      return REQUEST;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.text(event).values(args).number(ticket);
    }

    static Request read(EnvelopeReader in) {
      return new Request(SessionId.readFrom(in), in.requiredText(), in.values(), in.number());
    }
  }

  /** The sender of a {@link Request} waits no more. */
  record Forget(SessionId session, long ticket) implements ToClient {
    @Override
    public int kind() {
      return FORGET;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(ticket);
    }

    static Forget read(EnvelopeReader in) {
      return new Forget(SessionId.readFrom(in), in.number());
    }
  }

  /**
   * The client's answer to a {@link Request}; goes back to the lane that asked.
   *
   * @param error why there is none, or null
   */
  record Answer(long ticket, List<@Nullable Object> args, @Nullable ReplyError error)
      implements Envelope {
    static final int KIND = 43;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(ticket).values(args);
      ReplyError.write(out, error);
    }

    static Answer read(EnvelopeReader in) {
      return new Answer(in.number(), in.values(), ReplyError.read(in));
    }
  }

  /**
   * The answer to what carried a ticket; goes back to the lane that asked.
   *
   * @param failure a code for programs, or null for success
   */
  record Ack(long ticket, @Nullable String failure) implements Envelope {
    static final int KIND = 33;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(ticket).text(failure);
    }

    static Ack read(EnvelopeReader in) {
      return new Ack(in.number(), in.text());
    }

    static Ack ok(long ticket) {
      return new Ack(ticket, null);
    }

    static Ack failed(long ticket, String code) {
      return new Ack(ticket, Objects.requireNonNull(code));
    }
  }
}
