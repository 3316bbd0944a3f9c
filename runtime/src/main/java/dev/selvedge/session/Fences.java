package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import io.vertx.core.Future;
import java.util.List;

/**
 * Tells when all has come that the other nodes had published: each of their lanes sends a fence
 * behind it. Any thread.
 */
final class Fences {
  private final Fabric fabric;
  private final Tickets<Void> tickets;

  Fences(Fabric fabric, Tickets<Void> tickets) {
    this.fabric = fabric;
    this.tickets = tickets;
    fabric.register(GroupWire.FLUSH, GroupWire.Flush::read, this::flush);
    fabric.register(GroupWire.FENCE, GroupWire.Fence::read, Fences::passed);
  }

  /**
   * Completes when all has come that the peers had published until they were asked: on the caller's
   * context, behind what of it was meant for there. A peer that leaves is not waited for.
   */
  Future<Void> caughtUp() {
    Lane lane = fabric.lane(0);
    List<Future<Void>> passed =
        fabric.membership().peers().stream()
            .map(Node::id)
            .map(peer -> tickets.ask(lane, peer, GroupWire.Flush::new).answer())
            .toList();
    return Future.join(passed).otherwiseEmpty().mapEmpty();
  }

  private void flush(Lane lane, NodeId from, Envelope envelope) {
    long ticket = ((GroupWire.Flush) envelope).ticket();
    List<Future<Void>> passed =
        fabric.lanes().stream()
            .map(each -> tickets.ask(each, from, GroupWire.Fence::new).answer())
            .toList();
    Future.join(passed).onComplete(all -> Tickets.answer(lane, from, ToClient.Ack.ok(ticket)));
  }

  private static void passed(Lane lane, NodeId from, Envelope envelope) {
    Tickets.answer(lane, from, ToClient.Ack.ok(((GroupWire.Fence) envelope).ticket()));
  }
}
