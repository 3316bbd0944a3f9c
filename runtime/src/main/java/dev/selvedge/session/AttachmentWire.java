package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the lane of a client says to the edge of the client's session, if they are not one: the
 * client has come back somewhere else.
 */
sealed interface AttachmentWire extends Envelope {
  int CLAIM = 80;
  int CLAIMED = 81;
  int SAID = 82;
  int ANSWERED = 83;
  int TAKEN = 84;
  int GONE = 85;
  int PASS = 86;
  int READING = 87;
  int CLOSE = 88;

  /** A client's place: its node is the sender or the receiver. */
  record Place(int lane, long number) {
    void writeTo(EnvelopeWriter out) {
      out.number(lane).number(number);
    }

    static Place readFrom(EnvelopeReader in) {
      return new Place((int) in.number(), in.number());
    }
  }

  /** To the edge. */
  sealed interface FromClient extends AttachmentWire {
    /** The session, or the secret of it; says on which lane it is. */
    SessionId session();

    Place place();
  }

  /** To the client. */
  sealed interface ToPlace extends AttachmentWire {
    Place place();
  }

  /** Is this session there for the client that has come back? Answered by {@link Claimed}. */
  record ClaimIt(Claim claim, Transport transport, Place place) implements FromClient {
    @Override
    public SessionId session() {
      return claim.secret();
    }

    @Override
    public int kind() {
      return CLAIM;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      claim.writeTo(out);
      out.text(transport.name());
      place.writeTo(out);
    }

    static ClaimIt read(EnvelopeReader in) {
      Claim claim = Claim.readFrom(in);
      return new ClaimIt(claim, Transport.valueOf(in.requiredText()), Place.readFrom(in));
    }
  }

  /**
   * The answer.
   *
   * @param stops whether the sender is about to stop: its heir will know
   * @param session null if there is none
   * @param missed what the client has missed
   */
  record Claimed(Place place, boolean stops, @Nullable SessionId session, List<Outbound> missed)
      implements ToPlace {
    @Override
    public int kind() {
      return CLAIMED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      place.writeTo(out);
      out.flag(stops).flag(session != null);
      if (session != null) {
        session.writeTo(out);
      }
      out.number(missed.size());
      missed.forEach(message -> message.writeTo(out));
    }

    static Claimed read(EnvelopeReader in) {
      Place place = Place.readFrom(in);
      boolean stops = in.flag();
      SessionId session = in.flag() ? SessionId.readFrom(in) : null;
      List<Outbound> missed = new ArrayList<>();
      for (long left = in.number(); left > 0; left--) {
        missed.add(Outbound.readFrom(in));
      }
      return new Claimed(place, stops, session, missed);
    }
  }

  /** A message from the client. */
  record Said(SessionId session, Place place, ToFunction.Inbound said) implements FromClient {
    @Override
    public int kind() {
      return SAID;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      place.writeTo(out);
      said.writeTo(out);
    }

    static Said read(EnvelopeReader in) {
      return new Said(SessionId.readFrom(in), Place.readFrom(in), ToFunction.Inbound.read(in));
    }
  }

  /** The client's answer to a request. */
  record Answered(
      SessionId session,
      Place place,
      long request,
      List<@Nullable Object> args,
      @Nullable ReplyError error)
      implements FromClient {
    @Override
    public int kind() {
      return ANSWERED;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      place.writeTo(out);
      out.number(request).values(args);
      ReplyError.write(out, error);
    }

    static Answered read(EnvelopeReader in) {
      return new Answered(
          SessionId.readFrom(in),
          Place.readFrom(in),
          in.number(),
          in.values(),
          ReplyError.read(in));
    }
  }

  /** So many messages have gone to the client's transport. */
  record Taken(SessionId session, Place place, int count) implements FromClient {
    @Override
    public int kind() {
      return TAKEN;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      place.writeTo(out);
      out.number(count);
    }

    static Taken read(EnvelopeReader in) {
      return new Taken(SessionId.readFrom(in), Place.readFrom(in), (int) in.number());
    }
  }

  /**
   * The client is gone.
   *
   * @param forGood whether the session ends with it
   */
  record Gone(SessionId session, Place place, CloseReason reason, boolean forGood)
      implements FromClient {
    @Override
    public int kind() {
      return GONE;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      session.writeTo(out);
      place.writeTo(out);
      Reasons.write(out, reason);
      out.flag(forGood);
    }

    static Gone read(EnvelopeReader in) {
      return new Gone(SessionId.readFrom(in), Place.readFrom(in), Reasons.read(in), in.flag());
    }
  }

  /** Send this to the client. */
  record Pass(Place place, Outbound message) implements ToPlace {
    @Override
    public int kind() {
      return PASS;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      place.writeTo(out);
      message.writeTo(out);
    }

    static Pass read(EnvelopeReader in) {
      return new Pass(Place.readFrom(in), Outbound.readFrom(in));
    }
  }

  /** Go on reading from the client, or stop. */
  record Reading(Place place, boolean on) implements ToPlace {
    @Override
    public int kind() {
      return READING;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      place.writeTo(out);
      out.flag(on);
    }

    static Reading read(EnvelopeReader in) {
      return new Reading(Place.readFrom(in), in.flag());
    }
  }

  /** The session is over, or has found its client elsewhere. */
  record Close(Place place, CloseReason reason) implements ToPlace {
    @Override
    public int kind() {
      return CLOSE;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      place.writeTo(out);
      Reasons.write(out, reason);
    }

    static Close read(EnvelopeReader in) {
      return new Close(Place.readFrom(in), Reasons.read(in));
    }
  }
}
