package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an edge says to the node that hosts the function of one of its sessions. */
public sealed interface ToFunction extends Envelope {
  int BIND = 16;
  int INBOUND = 17;
  int ENDED = 18;
  int RELEASE = 19;

  SessionId session();

  /** Makes the host the receiver of all these. */
  static void receiveWith(Fabric fabric, Envelope.Receiver host) {
    fabric.register(BIND, Bind::read, host);
    fabric.register(INBOUND, Inbound::read, host);
    fabric.register(ENDED, Ended::read, host);
    fabric.register(RELEASE, Release::read, host);
  }

  /**
   * Serve this session from now on. Followed by its messages without waiting for {@link
   * ToClient.Bound}.
   *
   * @param fresh whether the session is new ({@code onOpen} runs) or comes from another instance
   * @param state the session's state as JSON, or null for an empty one
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
      @Nullable String state)
      implements ToFunction {
    @Override
    public int kind() {
      return BIND;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.text(function).number(version).flag(fresh).text(protocol).text(transport.name());
      out.text(handshake.path()).text(handshake.remoteAddress());
      out.textMap(handshake.query()).textMap(handshake.headers());
      out.text(principal).text(state);
    }

    static Bind read(EnvelopeReader in) {
      SessionId session = SessionId.readFrom(in);
      String function = in.requiredText();
      int version = (int) in.number();
      boolean fresh = in.flag();
      String protocol = in.requiredText();
      Transport transport = Transport.valueOf(in.requiredText());
      String path = in.requiredText();
      String remoteAddress = in.requiredText();
      Map<String, String> query = in.textMap();
      Map<String, String> headers = in.textMap();
      Handshake handshake = new Handshake(path, query, headers, remoteAddress);
      return new Bind(
          session, function, version, fresh, protocol, transport, handshake, in.text(), in.text());
    }
  }

  /**
   * A message from the client.
   *
   * @param sequence 1 for the session's first, one more for each
   * @param replyTo the client's id for the reply, or -1
   * @param redelivered whether an instance whose node died may have handled it
   */
  record Inbound(
      SessionId session,
      long sequence,
      String event,
      List<@Nullable Object> args,
      long replyTo,
      boolean redelivered)
      implements ToFunction {
    @Override
    public int kind() {
      return INBOUND;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      out.number(sequence).text(event).values(args).number(replyTo + 1).flag(redelivered);
    }

    static Inbound read(EnvelopeReader in) {
      return new Inbound(
          SessionId.readFrom(in),
          in.number(),
          in.requiredText(),
          in.values(),
          in.number() - 1,
          in.flag());
    }

    Inbound again() {
      return redelivered ? this : new Inbound(session, sequence, event, args, replyTo, true);
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
}
