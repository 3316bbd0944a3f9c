package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.Wire;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.session.AttachmentWire.Place;
import dev.selvedge.testing.Fuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Damaged envelopes between edge and host are read or refused, nothing else. */
class SessionWireFuzzTest {
  private static final SessionId ID = new SessionId(new NodeId("aaaaaaaa"), 3, "x".repeat(22));
  private static final Handshake HANDSHAKE =
      new Handshake("/p", Map.of("q", "1", "r", ""), Map.of("cookie", "a=b"), "192.0.2.7");
  private static final ReplyError ERROR = new ReplyError("c", "t", new JsonObject().put("n", 1));

  private final List<Envelope.Decoder> decoders = new ArrayList<>();
  private final List<byte[]> golden = new ArrayList<>();

  /** The first byte says which decoder it is for. */
  private void add(Envelope envelope, Envelope.Decoder decoder) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(decoders.size());
    bytes.writeBytes(Wire.bytes(envelope));
    decoders.add(decoder);
    golden.add(bytes.toByteArray());
  }

  private void addWhatTheEdgeSays() {
    add(
        new ToFunction.Bind(
            ID, "f", 7, false, "raw", Transport.SSE, HANDSHAKE, "ann", "{\"count\":2}", 5_000),
        ToFunction.Bind::read);
    add(
        new ToFunction.Inbound(
            ID,
            9,
            new ClientMessage("e", List.of("a", new JsonObject()), 0, true, List.of(7L)),
            true),
        ToFunction.Inbound::read);
    add(new ToFunction.Ended(ID, CloseReason.LOST), ToFunction.Ended::read);
    add(new ToFunction.Release(ID), ToFunction.Release::read);
    add(new ToFunction.StreamItem(ID, 4, "v"), ToFunction.StreamItem::read);
    add(new ToFunction.StreamEnd(ID, 4, ERROR), ToFunction.StreamEnd::read);
    add(new ToFunction.StreamCancel(ID, 4), ToFunction.StreamCancel::read);
    add(new ToFunction.StreamCredit(ID, 4, 16), ToFunction.StreamCredit::read);
  }

  private void addWhatTheHostSays() {
    add(new ToClient.Bound(ID, "{\"a\":1}"), ToClient.Bound::read);
    add(new ToClient.Refused(ID, CloseReason.REFUSED.because("no"), ERROR), ToClient.Refused::read);
    add(new ToClient.Done(ID, 5, "{\"a\":1}"), ToClient.Done::read);
    add(new ToClient.Released(ID, 5, null, true), ToClient.Released::read);
    add(new ToClient.Unbound(ID), ToClient.Unbound::read);
    add(new ToClient.Move(ID), ToClient.Move::read);
    add(new ToClient.End(ID, CloseReason.KICKED, 4), ToClient.End::read);
    add(
        new ToClient.Membership(ID, "g", true, new JsonObject().put("n", 1), 4),
        ToClient.Membership::read);
    add(ToClient.Ack.failed(4, "no-such-session"), ToClient.Ack::read);
    for (Outbound message :
        List.of(
            Outbound.latest("k", "e", List.of(1)),
            Outbound.request(0, "e", List.of()),
            Outbound.error(7, ERROR),
            Outbound.item(7, "v"),
            Outbound.end(7, ERROR))) {
      add(new ToClient.Deliver(ID, message, 9), ToClient.Deliver::read);
    }
    add(new ToClient.Reply(ID, 4, Outbound.reply(7, List.of("a"))), ToClient.Reply::read);
    add(new ToClient.StreamTaken(ID, 3), ToClient.StreamTaken::read);
    add(new ToClient.Request(ID, "e", List.of(1), 5), ToClient.Request::read);
    add(new ToClient.Forget(ID, 5), ToClient.Forget::read);
    add(new ToClient.Answer(5, List.of("a"), ERROR), ToClient.Answer::read);
  }

  private void addWhatIsSaidAboutGroups() {
    add(new GroupWire.Publish("g", "e", List.of(1), List.of("x"), 3, 9), GroupWire.Publish::read);
    add(new GroupWire.Holds(true, List.of("a"), List.of("b"), 3), GroupWire.Holds::read);
    add(
        new GroupWire.Broadcast(
            List.of("g"), "f", "e", List.of(1), List.of("x"), List.of("h"), true, 7),
        GroupWire.Broadcast::read);
  }

  private void addWhatIsSaidOfClientsElsewhere() {
    Place place = new Place(1, 7);
    Outbound event = Outbound.event("e", List.of(1)).marked(new Mark(ID.node(), 77));
    add(
        new AttachmentWire.ClaimIt(
            new Claim(ID, "a-bbbbbbbb", "f", "/admin"), Transport.LONGPOLL, place),
        AttachmentWire.ClaimIt::read);
    add(new AttachmentWire.Claimed(place, false, ID, List.of(event)), AttachmentWire.Claimed::read);
    ClientMessage said = new ClientMessage("e", List.of(1, "b"), 4);
    add(
        new AttachmentWire.Said(ID, place, new ToFunction.Inbound(ID, 0, said, false)),
        AttachmentWire.Said::read);
    add(
        new AttachmentWire.Answered(ID, place, 3, List.of(1), ERROR),
        AttachmentWire.Answered::read);
    add(new AttachmentWire.Taken(ID, place, 32), AttachmentWire.Taken::read);
    add(new AttachmentWire.Gone(ID, place, CloseReason.LOST, true), AttachmentWire.Gone::read);
    add(new AttachmentWire.Pass(place, Outbound.reply(3, List.of())), AttachmentWire.Pass::read);
    add(new AttachmentWire.Reading(place, true), AttachmentWire.Reading::read);
    add(new AttachmentWire.Close(place, CloseReason.LOST), AttachmentWire.Close::read);
  }

  private void addWhatTheStandbyIsTold() {
    Mark mark = new Mark(ID.node(), 77);
    Outbound event = Outbound.event("e", List.of(1)).marked(mark);
    ClientMessage said = new ClientMessage("e", List.of(1, "b"), 4);
    add(new StandbyWire.Begin(1), StandbyWire.Begin::read);
    add(
        new StandbyWire.Kept(1, ID, ID, "f", "socketio", Transport.WEBSOCKET, HANDSHAKE, "ann", 2),
        StandbyWire.Kept::read);
    add(new StandbyWire.Served(1, ID, ID.node(), 3, "{}"), StandbyWire.Served::read);
    add(
        new StandbyWire.Moved(1, ID, "g", true, new JsonObject().put("n", 1), 7),
        StandbyWire.Moved::read);
    add(new StandbyWire.Sent(1, List.of(ID), event), StandbyWire.Sent::read);
    add(new StandbyWire.Published(1, mark), StandbyWire.Published::read);
    add(new StandbyWire.Settled(1, ID, mark), StandbyWire.Settled::read);
    add(new StandbyWire.Ended(1, ID), StandbyWire.Ended::read);
    add(new StandbyWire.Before(1, List.of(mark, mark)), StandbyWire.Before::read);
    add(new StandbyWire.TakeOver(1), StandbyWire.TakeOver::read);
    add(new StandbyWire.Dismissed(1), StandbyWire.Dismissed::read);
    add(new StandbyWire.Confirm(1, 9), StandbyWire.Confirm::read);
    add(new StandbyWire.Hear(1, 7), StandbyWire.Hear::read);
    add(
        new StandbyWire.Waiting(1, new ToFunction.Inbound(ID, 0, said, false)),
        StandbyWire.Waiting::read);
  }

  @Tag("fuzz")
  @Test
  void anEnvelopeIsReadOrRefused() throws Exception {
    addWhatTheEdgeSays();
    addWhatTheHostSays();
    addWhatIsSaidAboutGroups();
    addWhatIsSaidOfClientsElsewhere();
    addWhatTheStandbyIsTold();
    Fuzz.of("session envelopes", golden)
        .words("{\"a\":", "[")
        .bytes("0b01", "0c01", "ffffffffffffffffff01", "ffffffff0f", "80")
        .refusedWith(IllegalArgumentException.class)
        .allocating(512, 64 * 1024)
        .rounds(60_000)
        .run(
            input -> {
              ByteBuf in = Unpooled.wrappedBuffer(input);
              int which = in.isReadable() ? in.readUnsignedByte() : 0;
              Wire.read(in, decoders.get(which % decoders.size()));
            });
  }
}
