package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What hosts and others say to the sessions of this node's edge, and the answers to what it has
 * asked. Each message is handled on its session's lane.
 */
final class Arrivals {
  private final Fabric fabric;
  private final SessionTable table;
  private final Tickets<Void> tickets;

  Arrivals(Fabric fabric, SessionTable table, Tickets<Void> tickets) {
    this.fabric = fabric;
    this.table = table;
    this.tickets = tickets;
  }

  /** Call it before the fabric starts. */
  void register() {
    ToClient.receiveWith(fabric, this::receive);
    fabric.register(
        ToClient.Ack.KIND,
        ToClient.Ack::read,
        (lane, from, envelope) -> acknowledged((ToClient.Ack) envelope));
  }

  private void acknowledged(ToClient.Ack ack) {
    String failure = ack.failure();
    if (failure == null) {
      tickets.redeem(ack.ticket(), null);
    } else {
      tickets.fail(ack.ticket(), new FunctionException(failure, failure.replace('-', ' ')));
    }
  }

  private void receive(Lane lane, NodeId from, Envelope envelope) {
    ToClient message = (ToClient) envelope;
    Lane home = fabric.lane(message.session().lane());
    if (home == lane) {
      handle(lane, lane, from, message);
    } else {
      home.run(() -> handle(home, lane, from, message));
    }
  }

  /**
   * @param asked the lane that the message came in on, and its answer goes out on
   */
  private void handle(Lane home, Lane asked, NodeId from, ToClient message) {
    EdgeSession session = table.sessions(home).get(message.session());
    if (message instanceof ToClient.Deliver deliver) {
      boolean there = session != null && session.isOpen();
      if (session != null && there) {
        session.deliver(deliver.message());
        if (deliver.ticket() == 0 && session.hosting().isAt(from)) {
          session.cameFromHost();
        }
      }
      acknowledge(asked, from, deliver.ticket(), there);
    } else if (message instanceof ToClient.Reply reply) {
      if (session != null) {
        session.reply(reply.sequence(), reply.message());
      }
    } else if (message instanceof ToClient.End end) {
      boolean there = session != null && session.isOpen();
      if (session != null) {
        session.close(end.reason());
      }
      acknowledge(asked, from, end.ticket(), there);
    } else if (message instanceof ToClient.Membership change) {
      changeMembership(session, asked, from, change);
    } else if (message instanceof ToClient.Request request) {
      ask(session, asked, from, request);
    } else if (message instanceof ToClient.Forget forget) {
      if (session != null) {
        session.forgetQuestion(from, forget.ticket());
      }
    } else if (message instanceof ToClient.Held held) {
      table.handOver().held(home, held.session());
    } else if (session != null && session.hosting().isAt(from)) {
      handleHost(session, message);
    }
  }

  private static void handleHost(EdgeSession session, ToClient message) {
    if (message instanceof ToClient.Done done) {
      session.done(done.sequence(), done.state());
    } else if (message instanceof ToClient.Bound bound) {
      session.hosting().bound(bound.state());
    } else if (message instanceof ToClient.Released released) {
      session.hosting().released(released.sequence(), released.state(), released.interrupted());
    } else if (message instanceof ToClient.Refused refused) {
      session.hosting().refused(refused.reason(), refused.why());
    } else if (message instanceof ToClient.Move) {
      session.hosting().rebind(true);
    } else if (message instanceof ToClient.Unbound) {
      session.hosting().unbound();
    } else if (message instanceof ToClient.StreamTaken taken) {
      session.streamTaken(taken.items());
    } else if (message instanceof ToClient.Posted posted) {
      session.posted(posted.count());
    }
  }

  private static void ask(
      @Nullable EdgeSession session, Lane asked, NodeId from, ToClient.Request request) {
    if (session != null && session.isOpen()) {
      session.ask(request, asked, from);
    } else {
      ReplyError error =
          new ReplyError(SessionTable.NO_SUCH_SESSION, "the session has ended", null);
      ToClient.Answer answer = new ToClient.Answer(request.ticket(), List.of(), error);
      asked.run(() -> asked.send(from, answer));
    }
  }

  private void changeMembership(
      @Nullable EdgeSession session, Lane asked, NodeId from, ToClient.Membership change) {
    if (session == null || !session.isOpen()) {
      acknowledge(asked, from, change.ticket(), false);
      return;
    }
    Future<Void> changed =
        change.join()
            ? table.groups().join(session, change.group(), change.meta())
            : table.groups().leave(session, change.group());
    changed.onComplete(done -> acknowledge(asked, from, change.ticket(), true));
  }

  private void acknowledge(Lane lane, NodeId to, long ticket, boolean there) {
    Tickets.answer(
        lane,
        to,
        there
            ? ToClient.Ack.ok(ticket)
            : ToClient.Ack.failed(ticket, SessionTable.NO_SUCH_SESSION));
  }
}
