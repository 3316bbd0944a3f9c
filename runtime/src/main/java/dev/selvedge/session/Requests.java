package dev.selvedge.session;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeGoneException;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What this node has asked clients and still waits for. Any thread. Each ends with the client's
 * answer, with its session or that session's node, or with its time.
 */
final class Requests {
  private final Fabric fabric;
  private final Tickets<List<@Nullable Object>> tickets;

  Requests(Fabric fabric) {
    this.fabric = fabric;
    this.tickets = new Tickets<>(fabric.vertx());
    fabric.register(
        ToClient.Answer.KIND,
        ToClient.Answer::read,
        (lane, from, envelope) -> answered((ToClient.Answer) envelope));
  }

  /**
   * Asks, over a lane; the answer comes on the caller's context.
   *
   * @param question with the number of the request in it
   * @param onTimeout called if the time is over, with the number
   */
  Future<List<@Nullable Object>> ask(
      Lane lane,
      NodeId node,
      Duration timeout,
      LongFunction<ToClient.Request> question,
      LongConsumer onTimeout) {
    Tickets.Ticket<List<@Nullable Object>> ticket = tickets.ask(lane, node, question);
    long timer =
        fabric
            .vertx()
            .setTimer(
                Math.max(1, timeout.toMillis()), now -> late(ticket.number(), timeout, onTimeout));
    return ticket
        .answer()
        .onComplete(done -> fabric.vertx().cancelTimer(timer))
        .recover(failure -> Future.failedFuture(told(failure)));
  }

  private void late(long number, Duration timeout, LongConsumer onTimeout) {
    String text = "the client did not answer within " + timeout.toMillis() + " ms";
    if (tickets.fail(number, new FunctionException("timeout", text))) {
      onTimeout.accept(number);
    }
  }

  private static Throwable told(Throwable failure) {
    return failure instanceof NodeGoneException
        ? new FunctionException(SessionTable.NO_SUCH_SESSION, "the session's node is gone")
        : failure;
  }

  private void answered(ToClient.Answer answer) {
    ReplyError error = answer.error();
    if (error == null) {
      tickets.redeem(answer.ticket(), answer.args());
    } else {
      tickets.fail(
          answer.ticket(), new FunctionException(error.code(), error.text(), error.data()));
    }
  }

  void nodeLeft(NodeId node) {
    tickets.nodeLeft(node);
  }
}
