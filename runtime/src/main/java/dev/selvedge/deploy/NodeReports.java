package dev.selvedge.deploy;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Waits for what nodes announce about a function. Confined to lane 0. */
final class NodeReports implements Membership.Listener {
  /** What a report says about what is awaited. */
  sealed interface Verdict {
    /** It is so. */
    record Met() implements Verdict {}

    /** Not yet. */
    record Wait() implements Verdict {}

    /** It will not be. */
    record Never(String why) implements Verdict {}

    Verdict MET = new Met();
    Verdict WAIT = new Wait();
  }

  /** Judges a node by its report. */
  interface Judge {
    Verdict judge(Node node, FunctionReport report);
  }

  /** What came out: nothing pending and nothing failed is success. */
  record Outcome(List<String> failed, Set<NodeId> pending) {
    boolean succeeded() {
      return failed.isEmpty() && pending.isEmpty();
    }
  }

  private final class Waiter {
    final String function;
    final Set<NodeId> pending;
    final Judge judge;
    final List<String> failed = new ArrayList<>();
    final Promise<Outcome> promise = Promise.promise();

    Waiter(String function, Set<NodeId> pending, Judge judge) {
      this.function = function;
      this.pending = new HashSet<>(pending);
      this.judge = judge;
    }

    void look() {
      for (NodeId id : List.copyOf(pending)) {
        fabric.membership().node(id).ifPresentOrElse(this::look, () -> pending.remove(id));
      }
      if (pending.isEmpty() || !failed.isEmpty()) {
        end();
      }
    }

    private void look(Node node) {
      Verdict verdict = judge.judge(node, FunctionReport.of(node, function));
      if (verdict instanceof Verdict.Met) {
        pending.remove(node.id());
      } else if (verdict instanceof Verdict.Never never) {
        pending.remove(node.id());
        failed.add("node " + node.id() + ": " + never.why());
      }
    }

    void end() {
      waiters.remove(this);
      promise.tryComplete(new Outcome(List.copyOf(failed), Set.copyOf(pending)));
    }
  }

  private final Fabric fabric;
  private final List<Waiter> waiters = new ArrayList<>();

  NodeReports(Fabric fabric) {
    this.fabric = fabric;
    fabric.membership().addListener(this);
  }

  /** The nodes that are alive now. */
  Set<NodeId> live() {
    return fabric.membership().nodes().stream().map(Node::id).collect(Collectors.toSet());
  }

  /**
   * Waits until every one of some nodes meets a condition, one never will, or the time is over.
   * Nodes that leave do not count any more.
   */
  Future<Outcome> await(String function, Set<NodeId> nodes, Duration most, Judge judge) {
    Waiter waiter = new Waiter(function, nodes, judge);
    waiters.add(waiter);
    long timer = fabric.vertx().setTimer(most.toMillis(), late -> waiter.end());
    waiter.look();
    return waiter.promise.future().onComplete(done -> fabric.vertx().cancelTimer(timer));
  }

  @Override
  public void announced(Node node, String section) {
    if (section.equals(FunctionReport.SECTION)) {
      lookAgain();
    }
  }

  @Override
  public void left(Node node) {
    lookAgain();
  }

  private void lookAgain() {
    List.copyOf(waiters).forEach(Waiter::look);
  }
}
