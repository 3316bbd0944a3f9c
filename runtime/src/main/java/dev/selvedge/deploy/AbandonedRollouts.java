package dev.selvedge.deploy;

import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Withdraws candidates that nobody rolls out any more: the coordinator left, or is far over its
 * deadline. Done by the oldest node. Confined to lane 0.
 */
final class AbandonedRollouts {
  private static final Logger LOG = System.getLogger(AbandonedRollouts.class.getName());

  /** A coordinator that has just joined may not be visible yet. */
  private static final long GONE_MILLIS = 3_000;

  private record Rollout(String function, int attempt) {}

  private final Membership membership;
  private final Catalog catalog;
  private final long deadlineMillis;
  private final Map<Rollout, Long> firstSeen = new HashMap<>();

  AbandonedRollouts(Membership membership, Catalog catalog, Duration rollout) {
    this.membership = membership;
    this.catalog = catalog;
    this.deadlineMillis = rollout.toMillis() + 15_000;
  }

  /** Looks again; call it every second or so. */
  void check() {
    long now = System.nanoTime() / 1_000_000;
    Map<Rollout, Long> seen = new HashMap<>();
    for (CatalogEntry entry : catalog.entries()) {
      entry
          .candidate()
          .ifPresent(
              candidate -> {
                Rollout rollout = new Rollout(entry.name(), candidate.attempt());
                long since = firstSeen.getOrDefault(rollout, now);
                seen.put(rollout, since);
                boolean gone = find(candidate).isEmpty();
                if (now - since > (gone ? GONE_MILLIS : deadlineMillis)) {
                  withdraw(rollout);
                }
              });
    }
    firstSeen.clear();
    firstSeen.putAll(seen);
  }

  private Optional<Node> find(Candidate candidate) {
    return membership.nodes().stream()
        .filter(node -> node.id().value().equals(candidate.coordinator()))
        .findFirst();
  }

  private void withdraw(Rollout rollout) {
    if (!membership.leader().id().equals(membership.self())) {
      return;
    }
    LOG.log(Level.WARNING, "rollout abandoned by its node function=" + rollout.function());
    catalog
        .update(rollout.function(), entry -> entry.withdraw(rollout.attempt()))
        .onFailure(
            failure ->
                LOG.log(
                    Level.WARNING,
                    "rollout not withdrawn function=" + rollout.function(),
                    failure));
  }
}
