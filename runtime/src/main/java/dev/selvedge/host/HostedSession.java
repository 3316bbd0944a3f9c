package dev.selvedge.host;

import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.ToClient;
import dev.selvedge.session.ToFunction;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A session on the node that hosts its function: its mailbox. Runs one callback of the function at
 * a time and reports each that is done to the session's edge.
 *
 * <p>Confined to the lane on which the edge's envelopes arrive; the callbacks run on the instance's
 * own context.
 */
final class HostedSession {
  private final SessionId id;
  private final EdgeLink edge;
  private final long keptMillis;
  private final Lane lane;
  private final Instance instance;
  private final LaneSessions table;
  private final SessionView view;

  /** What waits for the callback under way; null as long as nothing ever had to. */
  private @Nullable ArrayDeque<ToFunction> mailbox;

  private volatile @Nullable HostedStreams streams;
  private boolean busy;
  private long startedAt;
  private boolean looping;
  private long done;

  /** The number of the last message that came. */
  private long last;

  private boolean releaseWanted;
  private boolean gone;

  HostedSession(
      ToFunction.Bind bind, NodeId edge, Lane lane, Instance instance, LaneSessions table) {
    this.id = bind.session();
    this.edge = new EdgeLink(edge, instance);
    this.keptMillis = bind.keptMillis();
    this.lane = lane;
    this.instance = instance;
    this.table = table;
    this.view = new SessionView(bind, this.edge, instance);
  }

  SessionId id() {
    return id;
  }

  NodeId edge() {
    return edge.edge();
  }

  Instance instance() {
    return instance;
  }

  void take(ToFunction envelope) {
    if (envelope instanceof ToFunction.Inbound inbound) {
      if (inbound.sequence() <= last) {
        return; // its edge before had sent it, and the present one could not know
      }
      last = inbound.sequence();
      if (inbound.message().hasStreams()) {
        streams().expect(inbound.message());
      }
    }
    // While a callback that ended is reported, what came before may still wait.
    if (busy || looping || mailbox != null && !mailbox.isEmpty()) {
      enqueue(envelope);
    } else {
      work(envelope);
    }
  }

  private void enqueue(ToFunction envelope) {
    if (mailbox == null) {
      mailbox = new ArrayDeque<>(2);
    }
    mailbox.add(envelope);
  }

  /** What concerns a stream does not wait for the messages before it. */
  void takeOfStream(ToFunction envelope) {
    streams().receive(envelope);
  }

  private HostedStreams streams() {
    HostedStreams present = streams;
    if (present == null) {
      synchronized (this) {
        present = streams;
        if (present == null) {
          present = new HostedStreams(id, edge(), lane, instance);
          streams = present;
        }
      }
    }
    return present;
  }

  /**
   * Runs callbacks until the mailbox is empty or one of them is pending.
   *
   * @param first goes before the mailbox, which is empty; null for the mailbox only
   */
  private void work(@Nullable ToFunction first) {
    looping = true;
    try {
      ToFunction next = first;
      while (!busy && !gone) {
        if (releaseWanted) {
          letGo(false);
          return;
        }
        if (next == null) {
          next = mailbox == null ? null : mailbox.poll();
        }
        if (next == null) {
          return;
        }
        start(next);
        next = null;
      }
    } finally {
      looping = false;
    }
  }

  private void start(ToFunction envelope) {
    busy = true;
    startedAt = System.nanoTime();
    HostedMessage message =
        envelope instanceof ToFunction.Inbound inbound
            ? new HostedMessage(inbound, edge, instance, this::streams)
            : null;
    instance.execute(
        lane, () -> invoke(envelope, message), failure -> finish(envelope, message, failure));
  }

  private Future<?> invoke(ToFunction envelope, @Nullable HostedMessage message) {
    if (message != null) {
      return instance.callbacks().message(view, message);
    }
    if (envelope instanceof ToFunction.Bind bind) {
      return bind.fresh() ? instance.callbacks().open(view) : Future.succeededFuture();
    }
    if (envelope instanceof ToFunction.Ended ended) {
      view.markEnded();
      closeStreams("cancelled", "the session has ended");
      return instance.callbacks().close(view, ended.reason());
    }
    return Future.succeededFuture();
  }

  /** A callback has ended; on the lane. */
  private void finish(
      ToFunction envelope, @Nullable HostedMessage message, @Nullable Throwable failed) {
    busy = false;
    instance.handled(System.nanoTime() - startedAt);
    if (gone) {
      return; // interrupted: the message has gone to another instance
    }
    StateChange state = view.settle();
    Throwable failure = failed != null ? failed : state.refusal();
    if (failure != null) {
      report(envelope, message, failure);
    }
    if (message != null) {
      done = message.sequence();
      lane.send(edge(), new ToClient.Done(id, done, state.json()));
    } else if (envelope instanceof ToFunction.Bind bind) {
      opened(bind, failure, state);
    } else if (envelope instanceof ToFunction.Ended) {
      forget();
    }
    if (!looping) {
      work(null);
    }
  }

  private void opened(ToFunction.Bind bind, @Nullable Throwable failure, StateChange state) {
    if (failure != null && bind.fresh()) {
      forget();
      lane.send(edge(), new ToClient.Refused(id, refusal(failure), Failures.toClient(failure)));
    } else {
      lane.send(edge(), new ToClient.Bound(id, state.json()));
    }
  }

  private static CloseReason refusal(Throwable failure) {
    return failure instanceof FunctionException told
        ? CloseReason.REFUSED.because(told.text())
        : CloseReason.REFUSED.because("refused: internal error");
  }

  private void report(ToFunction envelope, @Nullable HostedMessage message, Throwable failure) {
    instance.failed(id.toString(), what(envelope), failure);
    if (message != null) {
      message.answerFailure(failure);
    }
  }

  private static String what(ToFunction envelope) {
    if (envelope instanceof ToFunction.Inbound inbound) {
      return "onMessage " + inbound.message().event();
    }
    return envelope instanceof ToFunction.Ended ? "onClose" : "onOpen";
  }

  // ---- the end

  /** The edge wants the session back as soon as no callback is under way. */
  void release() {
    releaseWanted = true;
    if (!busy && !looping) {
      work(null);
    }
  }

  /** Gives the session back now; a callback under way will not count. */
  void interrupt() {
    if (!gone) {
      letGo(busy);
    }
  }

  private void letGo(boolean interrupted) {
    closeStreams("interrupted", "the session has moved to another instance");
    forget();
    lane.send(edge(), new ToClient.Released(id, done, view.lastJson(), interrupted));
  }

  /** Asks the edge to take the session elsewhere. */
  void askToMove() {
    lane.send(edge(), new ToClient.Move(id));
  }

  /** The edge is gone, and the client with it, unless another edge takes the session over. */
  void edgeLost() {
    if (keptMillis == 0) {
      take(new ToFunction.Ended(id, CloseReason.LOST));
      return;
    }
    edge.lost();
    closeStreams("interrupted", "the session has lost its edge");
    NodeId lost = edge();
    lane.context().owner().setTimer(keptMillis, timer -> lane.run(() -> stillLost(lost)));
  }

  private void stillLost(NodeId lost) {
    if (!gone && edge().equals(lost)) {
      edge.giveUp();
      take(new ToFunction.Ended(id, CloseReason.LOST));
    }
  }

  /** The edge stops: what is sent to the client waits for another one. */
  void hold() {
    edge.lost();
    NodeId stopping = edge();
    // Behind what the instance has sent and this lane has not yet.
    lane.context().runOnContext(later -> lane.send(stopping, new ToClient.Held(id)));
  }

  /** Another edge has the session now, and is told once more what the one before may have been. */
  void takenOver(NodeId by) {
    closeStreams("interrupted", "the session has another edge");
    streams = null;
    lane.send(by, new ToClient.Posted(id, edge.posted()));
    edge.found(by);
    lane.send(by, new ToClient.Bound(id, view.lastJson()));
    lane.send(by, new ToClient.Done(id, done, null));
  }

  /** Another lane of this node has the session now. */
  void drop() {
    forget();
  }

  private void closeStreams(String code, String text) {
    HostedStreams present = streams;
    if (present != null) {
      present.close(code, text);
    }
  }

  private void forget() {
    closeStreams("cancelled", "the session has ended");
    gone = true;
    mailbox = null;
    table.forget(this);
  }
}
