package dev.selvedge.router;

import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Picks the node with the fewest sessions: those that it announced, and those that this node has
 * sent there since. On a tie this node itself, else any. Any thread.
 */
public final class LeastSessions {
  /** The section in which a node announces {@code {"hosted": n}}. */
  public static final String SECTION = "load";

  private static final String HOSTED = "hosted";

  private final NodeId self;
  private final Map<NodeId, AtomicInteger> unannounced = new ConcurrentHashMap<>();

  public LeastSessions(Membership membership) {
    this.self = membership.self();
    membership.addListener(
        new Membership.Listener() {
          @Override
          public void announced(Node node, String section) {
            if (section.equals(SECTION)) {
              unannounced.remove(node.id());
            }
          }

          @Override
          public void left(Node node) {
            unannounced.remove(node.id());
          }
        });
  }

  /** What a node announces of its load. */
  public static JsonObject load(int hosted) {
    return new JsonObject().put(HOSTED, hosted);
  }

  /** The best of the candidates; the session counts as sent there. */
  public Optional<NodeId> pick(Collection<Node> candidates) {
    NodeId best = null;
    int least = Integer.MAX_VALUE;
    int ties = 0;
    for (Node node : candidates) {
      int load = estimate(node);
      boolean tie = load == least;
      ties = tie ? ties + 1 : 1;
      boolean wins = node.id().equals(self) || !self.equals(best) && oneIn(ties);
      if (load < least || tie && wins) {
        best = node.id();
        least = load;
      }
    }
    if (best == null) {
      return Optional.empty();
    }
    unannounced.computeIfAbsent(best, id -> new AtomicInteger()).incrementAndGet();
    return Optional.of(best);
  }

  private static boolean oneIn(int ties) {
    return ThreadLocalRandom.current().nextInt(ties) == 0;
  }

  private int estimate(Node node) {
    AtomicInteger mine = unannounced.get(node.id());
    return node.section(SECTION).getInteger(HOSTED, 0) + (mine == null ? 0 : mine.get());
  }
}
