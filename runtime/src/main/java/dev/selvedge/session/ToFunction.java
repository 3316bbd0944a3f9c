package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an edge says to the node that hosts the function of one of its sessions. */
public sealed interface ToFunction extends Envelope {
  int BIND = 16;
  int INBOUND = 17;
  int ENDED = 18;
  int RELEASE = 19;
  int STREAM_ITEM = 20;
  int STREAM_END = 21;
  int STREAM_CANCEL = 22;
  int STREAM_CREDIT = 23;
  int HOLD = 44;

  /**
   * Items of a session's streams that may be under way in one direction before the sender waits.
   */
  int STREAM_WINDOW = 32;

  SessionId session();

  /** Makes the host the receiver of all these. */
  static void receiveWith(Fabric fabric, Envelope.Receiver host) {
    fabric.register(BIND, Bind::read, host);
    fabric.register(INBOUND, Inbound::read, host);
    fabric.register(ENDED, Ended::read, host);
    fabric.register(RELEASE, Release::read, host);
    fabric.register(STREAM_ITEM, StreamItem::read, host);
    fabric.register(STREAM_END, StreamEnd::read, host);
    fabric.register(STREAM_CANCEL, StreamCancel::read, host);
    fabric.register(STREAM_CREDIT, StreamCredit::read, host);
    fabric.register(HOLD, Hold::read, host);
  }

  /**
   * Serve this session from now on. Followed by its messages without waiting for {@link
   * ToClient.Bound}.
   *
   * @param fresh whether the session is new ({@code onOpen} runs) or comes from another instance
   * @param state the session's state as JSON, or null for an empty one
   * @param keptMillis how long the session outlives its edge, waiting for another one
   */
  record Bind(
      SessionId session,
      String function,
      int version,
      boolean fresh,
      String protocol,
      Transport transport,
      Handshake handshake,
      @Nullable String principal,
      @Nullable String state,
      long keptMillis)
      implements ToFunction {
    @Override
    public int kind() {
      return BIND;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.text(function).number(version).flag(fresh).text(protocol).text(transport.name());
      Handshakes.write(out, handshake);
      out.text(principal).text(state).number(keptMillis);
    }

    static Bind read(EnvelopeReader in) {
      SessionId session = SessionId.readFrom(in);
      String function = in.requiredText();
      int version = (int) in.number();
      boolean fresh = in.flag();
      String protocol = in.requiredText();
      Transport transport = Transport.valueOf(in.requiredText());
      Handshake handshake = Handshakes.read(in);
      return new Bind(
          session,
          function,
          version,
          fresh,
          protocol,
          transport,
          handshake,
          in.text(),
          in.text(),
          in.number());
    }
  }

  /**
   * A message from the client.
   *
   * @param sequence 1 for the session's first, one more for each
   * @param redelivered whether an instance whose node died may have handled it
   */
  record Inbound(SessionId session, long sequence, ClientMessage message, boolean redelivered)
      implements ToFunction {
    private static final int REDELIVERED = 1;
    private static final int WANTS_STREAM = 2;

    @Override
    public int kind() {
      return INBOUND;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(sequence).text(message.event()).values(message.args());
      out.number(message.replyTo() + 1);
      out.number((redelivered ? REDELIVERED : 0) | (message.wantsStream() ? WANTS_STREAM : 0));
      out.number(message.streams().size());
      message.streams().forEach(out::number);
    }

    static Inbound read(EnvelopeReader in) {
      SessionId session = SessionId.readFrom(in);
      long sequence = in.number();
      String event = in.requiredText();
      List<@Nullable Object> args = in.values();
      long replyTo = in.number() - 1;
      long flags = in.number();
      List<Long> streams = new ArrayList<>(0);
      for (long left = in.number(); left > 0; left--) {
        streams.add(in.number());
      }
      ClientMessage message =
          new ClientMessage(event, args, replyTo, (flags & WANTS_STREAM) != 0, streams);
      return new Inbound(session, sequence, message, (flags & REDELIVERED) != 0);
    }

    Inbound again() {
      return redelivered ? this : new Inbound(session, sequence, message, true);
    }
  }

  /** The session is over: {@code onClose} runs after the messages before it. */
  record Ended(SessionId session, CloseReason reason) implements ToFunction {
    @Override
    public int kind() {
      return ENDED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      Reasons.write(out, reason);
    }

    static Ended read(EnvelopeReader in) {
      return new Ended(SessionId.readFrom(in), Reasons.read(in));
    }
  }

  /** Finish the callback under way, then give the session back with {@link ToClient.Released}. */
  record Release(SessionId session) implements ToFunction {
    @Override
    public int kind() {
      return RELEASE;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
    }

    static Release read(EnvelopeReader in) {
      return new Release(SessionId.readFrom(in));
    }
  }

  /** The session's edge stops: hold back what its client is sent, and say {@link ToClient.Held}. */
  record Hold(SessionId session) implements ToFunction {
    @Override
    public int kind() {
      return HOLD;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
    }

    static Hold read(EnvelopeReader in) {
      return new Hold(SessionId.readFrom(in));
    }
  }

  /** An item of a stream that came with a message. */
  record StreamItem(SessionId session, long stream, @Nullable Object value) implements ToFunction {
    @Override
    public int kind() {
      return STREAM_ITEM;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(stream).value(value);
    }

    static StreamItem read(EnvelopeReader in) {
      return new StreamItem(SessionId.readFrom(in), in.number(), in.value());
    }
  }

  /** The end of such a stream. */
  record StreamEnd(SessionId session, long stream, @Nullable ReplyError error)
      implements ToFunction {
    @Override
    public int kind() {
      return STREAM_END;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(stream);
      ReplyError.write(out, error);
    }

    static StreamEnd read(EnvelopeReader in) {
      return new StreamEnd(SessionId.readFrom(in), in.number(), ReplyError.read(in));
    }
  }

  /** The client wants no more of the stream that answers that message. */
  record StreamCancel(SessionId session, long replyTo) implements ToFunction {
    @Override
    public int kind() {
      return STREAM_CANCEL;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(replyTo);
    }

    static StreamCancel read(EnvelopeReader in) {
      return new StreamCancel(SessionId.readFrom(in), in.number());
    }
  }

  /** So many items of that stream have gone to the client, and as many more may come. */
  record StreamCredit(SessionId session, long replyTo, int items) implements ToFunction {
    @Override
    public int kind() {
      return STREAM_CREDIT;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(replyTo).number(items);
    }

    static StreamCredit read(EnvelopeReader in) {
      return new StreamCredit(SessionId.readFrom(in), in.number(), (int) in.number());
    }
  }
}
