package dev.selvedge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.Wire;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.session.AttachmentWire.Place;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an edge and a host say to each other arrives as it was sent, also at another node. */
class SessionWireTest {
  private static final SessionId ID = new SessionId(new NodeId("aaaaaaaa"), 3, "x".repeat(22));
  private static final Handshake HANDSHAKE =
      new Handshake("/p", Map.of("q", "1", "r", ""), Map.of("cookie", "a=b"), "192.0.2.7");

  private static void arrives(Envelope envelope, Envelope.Decoder decoder) {
    assertEquals(envelope, Wire.over(envelope, decoder));
  }

  @Test
  void bindingsBringTheStateAndTheHandshake() {
    arrives(
        new ToFunction.Bind(
            ID, "f", 7, false, "raw", Transport.SSE, HANDSHAKE, "ann", "{\"count\":2}", 5_000),
        ToFunction.Bind::read);
    arrives(
        new ToFunction.Bind(ID, "f", 7, true, "raw", Transport.LONGPOLL, HANDSHAKE, null, null, 0),
        ToFunction.Bind::read);
  }

  @Test
  void whatTheEdgeSaysArrives() {
    arrives(
        new ToFunction.Inbound(
            ID, 9, new ClientMessage("e", List.of("a", 1, new JsonObject()), 0), true),
        ToFunction.Inbound::read);
    arrives(
        new ToFunction.Inbound(
            ID, 9, new ClientMessage("e", List.of(), -1, true, List.of(7L)), false),
        ToFunction.Inbound::read);
    arrives(new ToFunction.Ended(ID, CloseReason.LOST), ToFunction.Ended::read);
    arrives(new ToFunction.Release(ID), ToFunction.Release::read);
  }

  @Test
  void whatTheHostSaysArrives() {
    arrives(new ToClient.Bound(ID, "{\"a\":1}"), ToClient.Bound::read);
    arrives(
        new ToClient.Refused(ID, CloseReason.REFUSED.because("no"), new ReplyError("no", "no", 1)),
        ToClient.Refused::read);
    arrives(new ToClient.Done(ID, 5, "{\"a\":1}"), ToClient.Done::read);
    arrives(new ToClient.Done(ID, 5, null), ToClient.Done::read);
    arrives(new ToClient.Released(ID, 5, "{\"a\":1}", true), ToClient.Released::read);
    arrives(new ToClient.Unbound(ID), ToClient.Unbound::read);
    arrives(new ToClient.Move(ID), ToClient.Move::read);
    arrives(new ToClient.End(ID, CloseReason.KICKED, 4), ToClient.End::read);
    arrives(
        new ToClient.Membership(ID, "g", true, new JsonObject().put("n", 1), 4),
        ToClient.Membership::read);
    arrives(new ToClient.Membership(ID, "g", false, null, 0), ToClient.Membership::read);
    arrives(ToClient.Ack.failed(4, "no-such-session"), ToClient.Ack::read);
    arrives(ToClient.Ack.ok(4), ToClient.Ack::read);
  }

  @Test
  void whatGoesToTheClientArrives() {
    sent(Outbound.event("e", List.of("a", 1)));
    sent(Outbound.latest("k", "e", List.of()));
    sent(Outbound.reply(0, List.of(true)));
    sent(Outbound.error(7, new ReplyError("c", "t", new JsonObject().put("left", 0))));
  }

  private static void sent(Outbound message) {
    ToClient.Deliver event =
        (ToClient.Deliver) Wire.over(new ToClient.Deliver(ID, message, 9), ToClient.Deliver::read);
    ToClient.Reply reply =
        (ToClient.Reply) Wire.over(new ToClient.Reply(ID, 4, message), ToClient.Reply::read);

    assertEquals(ID, event.session());
    assertEquals(9, event.ticket());
    assertSame(message, event.message());
    assertEquals(ID, reply.session());
    assertEquals(4, reply.sequence());
    assertSame(message, reply.message());
  }

  private static void assertSame(Outbound expected, Outbound actual) {
    assertEquals(expected.event(), actual.event());
    assertEquals(expected.args(), actual.args());
    assertEquals(expected.replyTo(), actual.replyTo());
    assertEquals(expected.error(), actual.error());
    assertEquals(expected.key(), actual.key());
  }

  @Test
  void whatIsSaidAboutGroupsArrives() {
    arrives(
        new GroupWire.Publish("g", "e", List.of(1), List.of("x"), 3, 9), GroupWire.Publish::read);
    arrives(new GroupWire.Holds(true, List.of("a"), List.of("b"), 3), GroupWire.Holds::read);
    arrives(new GroupWire.Flush(3), GroupWire.Flush::read);
    arrives(new GroupWire.Fence(4), GroupWire.Fence::read);
  }

  @Test
  void whatConcernsStreamsAndQuestionsArrives() {
    ReplyError error = new ReplyError("c", "t", new JsonObject().put("n", 1));
    arrives(new ToFunction.StreamItem(ID, 4, "v"), ToFunction.StreamItem::read);
    arrives(new ToFunction.StreamItem(ID, 4, null), ToFunction.StreamItem::read);
    arrives(new ToFunction.StreamEnd(ID, 4, null), ToFunction.StreamEnd::read);
    arrives(new ToFunction.StreamEnd(ID, 4, error), ToFunction.StreamEnd::read);
    arrives(new ToFunction.StreamCancel(ID, 4), ToFunction.StreamCancel::read);
    arrives(new ToFunction.StreamCredit(ID, 4, 16), ToFunction.StreamCredit::read);
    arrives(new ToClient.StreamTaken(ID, 3), ToClient.StreamTaken::read);
    arrives(new ToClient.Request(ID, "e", List.of(1), 5), ToClient.Request::read);
    arrives(new ToClient.Forget(ID, 5), ToClient.Forget::read);
    arrives(new ToClient.Answer(5, List.of("a"), null), ToClient.Answer::read);
    arrives(new ToClient.Answer(5, List.of(), error), ToClient.Answer::read);
    arrives(
        new GroupWire.Broadcast(
            List.of("g"), "f", "e", List.of(1), List.of("x"), List.of("h"), true, 7),
        GroupWire.Broadcast::read);
  }

  @Test
  void whatAClientElsewhereSaysAndHearsArrives() {
    Place place = new Place(1, 7);
    ReplyError error = new ReplyError("c", "t", null);
    Claim claim = new Claim(ID, "a-bbbbbbbb", "f", "/admin");
    ClientMessage said = new ClientMessage("e", List.of(1, "b"), 4);
    arrives(
        new AttachmentWire.ClaimIt(claim, Transport.LONGPOLL, place), AttachmentWire.ClaimIt::read);
    arrives(
        new AttachmentWire.Said(ID, place, new ToFunction.Inbound(ID, 0, said, false)),
        AttachmentWire.Said::read);
    arrives(
        new AttachmentWire.Answered(ID, place, 3, List.of(1), error),
        AttachmentWire.Answered::read);
    arrives(new AttachmentWire.Taken(ID, place, 32), AttachmentWire.Taken::read);
    arrives(new AttachmentWire.Gone(ID, place, CloseReason.LOST, true), AttachmentWire.Gone::read);
    arrives(new AttachmentWire.Reading(place, true), AttachmentWire.Reading::read);
    arrives(new AttachmentWire.Close(place, CloseReason.LOST), AttachmentWire.Close::read);
    arrives(new AttachmentWire.Claimed(place, true, null, List.of()), AttachmentWire.Claimed::read);
  }

  @Test
  void whatTheStandbyIsToldArrives() {
    Mark mark = new Mark(ID.node(), 77);
    ClientMessage said = new ClientMessage("e", List.of(1, "b"), 4);
    JsonObject meta = new JsonObject().put("n", 1);
    arrives(new StandbyWire.Begin(1), StandbyWire.Begin::read);
    arrives(
        new StandbyWire.Kept(1, ID, ID, "f", "socketio", Transport.WEBSOCKET, HANDSHAKE, null, 2),
        StandbyWire.Kept::read);
    arrives(new StandbyWire.Served(1, ID, ID.node(), 3, "{}"), StandbyWire.Served::read);
    arrives(new StandbyWire.Served(1, ID, null, 0, null), StandbyWire.Served::read);
    arrives(new StandbyWire.Moved(1, ID, "g", true, meta, 7), StandbyWire.Moved::read);
    arrives(new StandbyWire.Moved(1, ID, "g", false, null, 0), StandbyWire.Moved::read);
    arrives(new StandbyWire.Published(1, mark), StandbyWire.Published::read);
    arrives(new StandbyWire.Settled(1, ID, mark), StandbyWire.Settled::read);
    arrives(new StandbyWire.Ended(1, ID), StandbyWire.Ended::read);
    arrives(new StandbyWire.Before(1, List.of(mark, mark)), StandbyWire.Before::read);
    arrives(new StandbyWire.TakeOver(1), StandbyWire.TakeOver::read);
    arrives(new StandbyWire.Dismissed(1), StandbyWire.Dismissed::read);
    arrives(new StandbyWire.Confirm(1, 9), StandbyWire.Confirm::read);
    arrives(new StandbyWire.Confirmed(1, 9), StandbyWire.Confirmed::read);
    arrives(new StandbyWire.Hear(1, 7), StandbyWire.Hear::read);
    arrives(
        new StandbyWire.Waiting(1, new ToFunction.Inbound(ID, 0, said, false)),
        StandbyWire.Waiting::read);
  }

  @Test
  void whatAClientElsewhereIsSentArrivesWithItsMark() {
    Mark mark = new Mark(ID.node(), 77);
    Outbound event = Outbound.event("e", List.of(1)).marked(mark);
    AttachmentWire.Claimed claimed =
        (AttachmentWire.Claimed)
            Wire.over(
                new AttachmentWire.Claimed(new Place(0, 1), false, ID, List.of(event)),
                AttachmentWire.Claimed::read);
    AttachmentWire.Pass pass =
        (AttachmentWire.Pass)
            Wire.over(
                new AttachmentWire.Pass(new Place(0, 1), Outbound.reply(3, List.of())),
                AttachmentWire.Pass::read);

    assertEquals(ID, claimed.session());
    assertEquals("25-" + ID.node(), claimed.missed().get(0).offset());
    assertEquals("e", claimed.missed().get(0).event());
    assertEquals(3, pass.message().replyTo());
    assertNull(pass.message().offset());
  }

  @Test
  void everyKindOfOutboundArrives() {
    for (Outbound sent :
        List.of(
            Outbound.event("e", List.of(1)),
            Outbound.latest("k", "e", List.of(1)),
            Outbound.volatileEvent("e", List.of()),
            Outbound.request(0, "e", List.of()),
            Outbound.reply(7, List.of("a")),
            Outbound.error(7, new ReplyError("c", "t", null)),
            Outbound.item(7, "v"),
            Outbound.end(7, null),
            Outbound.end(7, new ReplyError("c", "t", null)))) {
      Outbound arrived =
          ((ToClient.Deliver) Wire.over(new ToClient.Deliver(ID, sent, 0), ToClient.Deliver::read))
              .message();
      assertEquals(sent.kind(), arrived.kind());
      assertEquals(sent.event(), arrived.event());
      assertEquals(sent.args(), arrived.args());
      assertEquals(sent.replyTo(), arrived.replyTo());
      assertEquals(sent.request(), arrived.request());
      assertEquals(sent.error(), arrived.error());
      assertEquals(sent.key(), arrived.key());
      assertEquals(sent.isVolatile(), arrived.isVolatile());
    }
  }
}
