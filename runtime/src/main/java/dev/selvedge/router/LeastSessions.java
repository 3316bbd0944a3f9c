package dev.selvedge.router;

import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.Role;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Picks the node with the fewest sessions. The node itself says how many it has; each session that
 * this node has sent there since stands for one of every edge ({@link LoadBoard} has the reason).
 * On a tie this node itself, else any. Any thread.
 */
public final class LeastSessions {
  /** The section in which a node announces {@code {"hosted": n}}, soon after it has changed. */
  public static final String SECTION = "load";

  private static final String HOSTED = "hosted";

  /** What a node has not announced by then has not come, or has ended. */
  private static final long SETTLED = Duration.ofSeconds(2).toNanos();

  /** Sessions sent to a node that it has not announced. */
  private static final class Unannounced {
    private final Tally sent;
    private long lastSent;

    Unannounced(NodeId node) {
      this.sent = new Tally(node.value());
    }
  }

  private final Membership membership;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final Map<NodeId, Unannounced> unannounced = new HashMap<>();

  public LeastSessions(Membership membership) {
    this(membership, System::nanoTime, RandomGenerator.getDefault());
  }

  LeastSessions(Membership membership, LongSupplier nanos, RandomGenerator random) {
    this.membership = membership;
    this.nanos = nanos;
    this.random = random;
    membership.addListener(
        new Membership.Listener() {
          @Override
          public void announced(Node node, String section) {
            if (section.equals(SECTION)) {
              forget(node.id());
            }
          }

          @Override
          public void left(Node node) {
            forget(node.id());
          }
        });
  }

  private synchronized void forget(NodeId node) {
    unannounced.remove(node);
  }

  /** What a node announces of its load. */
  public static JsonObject load(int hosted) {
    return new JsonObject().put(HOSTED, hosted);
  }

  /** The best of the candidates; the session counts as sent there. */
  public synchronized Optional<NodeId> pick(Collection<Node> candidates) {
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    int edges = (int) membership.nodes().stream().filter(node -> node.has(Role.EDGE)).count();
    Map<NodeId, Long> loads = new HashMap<>();
    candidates.forEach(node -> loads.put(node.id(), estimate(node, Math.max(1, edges))));
    NodeId best = Balance.least(List.copyOf(loads.keySet()), node -> rank(node, loads), random);
    Unannounced sent = unannounced.computeIfAbsent(best, Unannounced::new);
    sent.sent.of(Traffic.TUNNEL).incrementAndGet();
    sent.lastSent = nanos.getAsLong();
    return Optional.of(best);
  }

  private double rank(NodeId node, Map<NodeId, Long> loads) {
    // Half a session less: this node wins its ties, and nothing else.
    return loads.getOrDefault(node, 0L) - (node.equals(membership.self()) ? 0.5 : 0);
  }

  private long estimate(Node node, int edges) {
    int hosted = node.section(SECTION).getInteger(HOSTED, 0);
    Unannounced mine = unannounced.get(node.id());
    if (mine == null || nanos.getAsLong() - mine.lastSent > SETTLED) {
      unannounced.remove(node.id());
      return hosted;
    }
    mine.sent.others(hosted, edges);
    return mine.sent.estimate();
  }
}
