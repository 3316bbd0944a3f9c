package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a lane of an edge tells the node that stands by for it: its kept sessions and what they are
 * sent, in the order in which it happens.
 */
sealed interface StandbyWire extends Envelope {
  int BEGIN = 96;
  int KEPT = 97;
  int SERVED = 98;
  int MOVED = 99;
  int SENT = 100;
  int PUBLISHED = 101;
  int SETTLED = 102;
  int ENDED = 103;
  int TAKE_OVER = 104;
  int DISMISSED = 105;
  int WAITING = 106;
  int BEFORE = 107;
  int NOTED = 108;
  int CONFIRM = 109;
  int HEAR = 111;

  /** The sender's lane that this is about. */
  int lane();

  /** Makes the node the receiver of all these. */
  static void receiveWith(Fabric fabric, Envelope.Receiver standby) {
    fabric.register(BEGIN, Begin::read, standby);
    fabric.register(KEPT, Kept::read, standby);
    fabric.register(SERVED, Served::read, standby);
    fabric.register(MOVED, Moved::read, standby);
    fabric.register(SENT, Sent::read, standby);
    fabric.register(PUBLISHED, Published::read, standby);
    fabric.register(SETTLED, Settled::read, standby);
    fabric.register(ENDED, Ended::read, standby);
    fabric.register(TAKE_OVER, TakeOver::read, standby);
    fabric.register(DISMISSED, Dismissed::read, standby);
    fabric.register(WAITING, Waiting::read, standby);
    fabric.register(BEFORE, Before::read, standby);
    fabric.register(NOTED, Noted::read, standby);
    fabric.register(CONFIRM, Confirm::read, standby);
    fabric.register(HEAR, Hear::read, standby);
  }

  /** You stand by for this lane; what you knew of it before is void. */
  record Begin(int lane) implements StandbyWire {
    @Override
    public int kind() {
      return BEGIN;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
    }

    static Begin read(EnvelopeReader in) {
      return new Begin((int) in.number());
    }
  }

  /**
   * There is such a session.
   *
   * @param adoptions how often another edge has taken it over
   */
  record Kept(
      int lane,
      SessionId session,
      SessionId secret,
      String function,
      String protocol,
      Transport transport,
      Handshake handshake,
      @Nullable String principal,
      long adoptions)
      implements StandbyWire {
    @Override
    public int kind() {
      return KEPT;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
      session.writeTo(out);
      secret.writeTo(out);
      out.text(function).text(protocol).text(transport.name());
      Handshakes.write(out, handshake);
      out.text(principal).number(adoptions);
    }

    static Kept read(EnvelopeReader in) {
      return new Kept(
          (int) in.number(),
          SessionId.readFrom(in),
          SessionId.readFrom(in),
          in.requiredText(),
          in.requiredText(),
          Transport.valueOf(in.requiredText()),
          Handshakes.read(in),
          in.text(),
          in.number());
    }
  }

  /**
   * Where its function runs, and what is to be known of it there.
   *
   * @param host null while there is none
   * @param state as JSON, or null for an empty one
   */
  record Served(
      int lane, SessionId session, @Nullable NodeId host, int version, @Nullable String state)
      implements StandbyWire {
    @Override
    public int kind() {
      return SERVED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
      session.writeTo(out);
      out.text(host == null ? null : host.value()).number(version).text(state);
    }

    static Served read(EnvelopeReader in) {
      int lane = (int) in.number();
      SessionId session = SessionId.readFrom(in);
      String host = in.text();
      return new Served(
          lane, session, host == null ? null : new NodeId(host), (int) in.number(), in.text());
    }
  }

  /**
   * It has joined a group, or left it.
   *
   * @param ticket to acknowledge when all nodes send you, too, what they publish to the group; or 0
   */
  record Moved(
      int lane,
      SessionId session,
      String group,
      boolean joined,
      @Nullable JsonObject meta,
      long ticket)
      implements StandbyWire {
    @Override
    public int kind() {
      return MOVED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
      session.writeTo(out);
      out.text(group).flag(joined).value(meta).number(ticket);
    }

    static Moved read(EnvelopeReader in) {
      return new Moved(
          (int) in.number(),
          SessionId.readFrom(in),
          in.requiredText(),
          in.flag(),
          in.object(),
          in.number());
    }
  }

  /** They were sent this marked event. */
  record Sent(int lane, List<SessionId> sessions, Outbound message) implements StandbyWire {
    @Override
    public int kind() {
      return SENT;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane).number(sessions.size());
      sessions.forEach(session -> session.writeTo(out));
      message.writeTo(out);
    }

    static Sent read(EnvelopeReader in) {
      int lane = (int) in.number();
      List<SessionId> sessions = new ArrayList<>(1);
      for (long left = in.number(); left > 0; left--) {
        sessions.add(SessionId.readFrom(in));
      }
      return new Sent(lane, sessions, Outbound.readFrom(in));
    }
  }

  /** The lane's sessions were sent the publication of that mark, which the standby gets, too. */
  record Published(int lane, Mark mark) implements StandbyWire {
    @Override
    public int kind() {
      return PUBLISHED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
      mark.writeTo(out);
    }

    static Published read(EnvelopeReader in) {
      return new Published((int) in.number(), Mark.readFrom(in));
    }
  }

  /** Publications that the lane's sessions were sent before the standby began to be told. */
  record Before(int lane, List<Mark> marks) implements StandbyWire {
    @Override
    public int kind() {
      return BEFORE;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane).number(marks.size());
      marks.forEach(mark -> mark.writeTo(out));
    }

    static Before read(EnvelopeReader in) {
      int lane = (int) in.number();
      List<Mark> marks = new ArrayList<>();
      for (long left = in.number(); left > 0; left--) {
        marks.add(Mark.readFrom(in));
      }
      return new Before(lane, marks);
    }
  }

  /** The latest event before a long silence. */
  record Settled(int lane, SessionId session, Mark mark) implements StandbyWire {
    @Override
    public int kind() {
      return SETTLED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
      session.writeTo(out);
      mark.writeTo(out);
    }

    static Settled read(EnvelopeReader in) {
      return new Settled((int) in.number(), SessionId.readFrom(in), Mark.readFrom(in));
    }
  }

  /** The client has said this, and no instance has got it. */
  record Waiting(int lane, ToFunction.Inbound message) implements StandbyWire {
    @Override
    public int kind() {
      return WAITING;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
      message.writeTo(out);
    }

    static Waiting read(EnvelopeReader in) {
      return new Waiting((int) in.number(), ToFunction.Inbound.read(in));
    }
  }

  /** The protocol has noted that of the session. */
  record Noted(int lane, SessionId session, Note note) implements StandbyWire {
    @Override
    public int kind() {
      return NOTED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
      session.writeTo(out);
      note.writeTo(out);
    }

    static Noted read(EnvelopeReader in) {
      return new Noted((int) in.number(), SessionId.readFrom(in), Note.readFrom(in));
    }
  }

  /** Say {@link Confirmed} to this: all that was told before has come then. */
  record Confirm(int lane, long number) implements StandbyWire {
    @Override
    public int kind() {
      return CONFIRM;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane).number(number);
    }

    static Confirm read(EnvelopeReader in) {
      return new Confirm((int) in.number(), in.number());
    }
  }

  /**
   * Acknowledge this ticket when all nodes send you, too, what they publish to the groups that you
   * have been told of.
   */
  record Hear(int lane, long ticket) implements StandbyWire {
    @Override
    public int kind() {
      return HEAR;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane).number(ticket);
    }

    static Hear read(EnvelopeReader in) {
      return new Hear((int) in.number(), in.number());
    }
  }

  /** From the standby: that number has come, and all that was told before it. */
  record Confirmed(int lane, long number) implements Envelope {
    static final int KIND = 110;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane).number(number);
    }

    static Confirmed read(EnvelopeReader in) {
      return new Confirmed((int) in.number(), in.number());
    }
  }

  /** The session is over. */
  record Ended(int lane, SessionId session) implements StandbyWire {
    @Override
    public int kind() {
      return ENDED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
      session.writeTo(out);
    }

    static Ended read(EnvelopeReader in) {
      return new Ended((int) in.number(), SessionId.readFrom(in));
    }
  }

  /** The sessions of this lane are yours now: their edge is about to stop. */
  record TakeOver(int lane) implements StandbyWire {
    @Override
    public int kind() {
      return TAKE_OVER;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
    }

    static TakeOver read(EnvelopeReader in) {
      return new TakeOver((int) in.number());
    }
  }

  /** Another node stands by for this lane. */
  record Dismissed(int lane) implements StandbyWire {
    @Override
    public int kind() {
      return DISMISSED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(lane);
    }

    static Dismissed read(EnvelopeReader in) {
      return new Dismissed((int) in.number());
    }
  }
}
