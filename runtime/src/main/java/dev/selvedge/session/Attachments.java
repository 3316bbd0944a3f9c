package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.session.AttachmentWire.Place;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Clients that come back on another lane or node than that of their session. The session stays
 * where it is, with a {@link RemotePort}; the client has a {@link RemoteSession}. Both sides of
 * that are here, by lane.
 */
final class Attachments {
  private final Fabric fabric;
  private final SessionTable table;
  private final List<Map<Place, RemoteSession>> byLane = new ArrayList<>();
  private final long[] last;

  Attachments(Fabric fabric, SessionTable table) {
    this.fabric = fabric;
    this.table = table;
    this.last = new long[fabric.lanes().size()];
    fabric.lanes().forEach(lane -> byLane.add(new HashMap<>()));
    fabric.register(AttachmentWire.CLAIM, AttachmentWire.ClaimIt::read, this::fromClient);
    fabric.register(AttachmentWire.SAID, AttachmentWire.Said::read, this::fromClient);
    fabric.register(AttachmentWire.ANSWERED, AttachmentWire.Answered::read, this::fromClient);
    fabric.register(AttachmentWire.TAKEN, AttachmentWire.Taken::read, this::fromClient);
    fabric.register(AttachmentWire.GONE, AttachmentWire.Gone::read, this::fromClient);
    fabric.register(AttachmentWire.CLAIMED, AttachmentWire.Claimed::read, this::toPlace);
    fabric.register(AttachmentWire.PASS, AttachmentWire.Pass::read, this::toPlace);
    fabric.register(AttachmentWire.READING, AttachmentWire.Reading::read, this::toPlace);
    fabric.register(AttachmentWire.CLOSE, AttachmentWire.Close::read, this::toPlace);
  }

  // ---- at the client

  /** Asks the session's edge; call it on the client's lane. Fails if that is gone, or stops. */
  Future<Optional<Sessions.Recovered>> claim(Lane lane, NodeId edge, Sessions.Return back) {
    Promise<Optional<Sessions.Recovered>> claimed = Promise.promise();
    Place place = new Place(lane.index(), ++last[lane.index()]);
    RemoteSession session = new RemoteSession(this, lane, place, edge, back, claimed);
    byLane.get(lane.index()).put(place, session);
    AttachmentWire claim = new AttachmentWire.ClaimIt(back.claim(), back.port().transport(), place);
    if (!lane.send(edge, claim)) {
      session.edgeLost();
    }
    return claimed.future();
  }

  private void toPlace(Lane lane, NodeId from, Envelope envelope) {
    AttachmentWire.ToPlace said = (AttachmentWire.ToPlace) envelope;
    Lane home = fabric.lane(said.place().lane());
    home.run(
        () -> {
          RemoteSession session = byLane.get(home.index()).get(said.place());
          if (session != null && session.isAt(from)) {
            session.receive(said);
          }
        });
  }

  void forget(RemoteSession session, Lane lane) {
    byLane.get(lane.index()).remove(session.place(), session);
  }

  // ---- at the edge

  private void fromClient(Lane lane, NodeId from, Envelope envelope) {
    AttachmentWire.FromClient said = (AttachmentWire.FromClient) envelope;
    Lane home = fabric.lane(said.session().lane());
    home.run(() -> handle(home, lane, from, said));
  }

  private void handle(Lane home, Lane asked, NodeId from, AttachmentWire.FromClient said) {
    if (said instanceof AttachmentWire.ClaimIt claim) {
      claimed(home, asked, from, claim);
      return;
    }
    EdgeSession session = table.sessions(home).get(said.session());
    RemotePort port = session == null ? null : session.portAt(from, said.place());
    if (session == null || port == null) {
      return; // the session is over, or has its client elsewhere by now
    }
    if (said instanceof AttachmentWire.Said message) {
      session.receive(message.said().message());
    } else if (said instanceof AttachmentWire.Answered answer) {
      ReplyError error = answer.error();
      if (error == null) {
        session.answer(answer.request(), answer.args());
      } else {
        session.answerError(answer.request(), error);
      }
    } else if (said instanceof AttachmentWire.Taken taken) {
      port.taken(taken.count());
      session.drained();
    } else if (said instanceof AttachmentWire.Gone gone) {
      if (gone.forGood()) {
        session.end(gone.reason());
      } else {
        session.lost(gone.reason());
      }
    }
  }

  private void claimed(Lane home, Lane asked, NodeId from, AttachmentWire.ClaimIt claim) {
    Optional<Recovery.Missed> found =
        table.isDraining() ? Optional.empty() : table.recovery().claim(home, claim.claim());
    AttachmentWire.Claimed answer =
        new AttachmentWire.Claimed(
            claim.place(),
            table.isDraining(),
            found.map(missed -> missed.session().sessionId()).orElse(null),
            found.map(Recovery.Missed::messages).orElse(List.of()));
    asked.run(() -> asked.send(from, answer));
    found.ifPresent(
        missed ->
            missed.session().resume(new RemotePort(asked, from, claim.place(), claim.transport())));
  }

  // ---- the cluster

  /** The clients that were there are gone, and the sessions. */
  void nodeLeft(Lane lane, NodeId node) {
    for (RemoteSession session : List.copyOf(byLane.get(lane.index()).values())) {
      if (session.isAt(node)) {
        session.edgeLost();
      }
    }
    for (EdgeSession session : List.copyOf(table.sessions(lane).values())) {
      if (session.hasPortOn(node)) {
        session.lost(CloseReason.LOST);
      }
    }
  }
}
