package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.Role;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeastSessionsTest {
  private static final NodeId SELF = new NodeId("selfaaaa");
  private static final NodeId B = new NodeId("nodebbbb");
  private static final NodeId C = new NodeId("nodecccc");

  private final Map<NodeId, Node> nodes = new LinkedHashMap<>();
  private final List<Membership.Listener> listeners = new ArrayList<>();
  private final FakeTiming timing = new FakeTiming(1);
  private final LeastSessions balance;

  LeastSessionsTest() {
    List.of(SELF, B, C).forEach(id -> hosts(id, 0));
    balance = new LeastSessions(new FakeMembership(), timing::nanos, new Random(1));
  }

  private final class FakeMembership implements Membership {
    @Override
    public NodeId self() {
      return SELF;
    }

    @Override
    public List<Node> nodes() {
      return List.copyOf(nodes.values());
    }

    @Override
    public Optional<Node> node(NodeId id) {
      return Optional.ofNullable(nodes.get(id));
    }

    @Override
    public void announce(String section, JsonObject value) {
      throw new AssertionError("announces nothing");
    }

    @Override
    public void addListener(Listener listener) {
      listeners.add(listener);
    }

    @Override
    public boolean isReachable(NodeId node) {
      return true;
    }
  }

  private void hosts(NodeId id, int sessions) {
    Node node =
        new Node(
            id,
            Set.of(Role.EDGE, Role.HOST),
            "host:1",
            "0",
            nodes.size(),
            Map.of(LeastSessions.SECTION, LeastSessions.load(sessions)));
    nodes.put(id, node);
    listeners.forEach(listener -> listener.announced(node, LeastSessions.SECTION));
  }

  private NodeId pick(NodeId... candidates) {
    return balance.pick(List.of(candidates).stream().map(nodes::get).toList()).orElseThrow();
  }

  @Test
  void theNodeWithTheFewestSessionsIsPicked() {
    hosts(SELF, 5);
    hosts(B, 3);
    hosts(C, 4);

    assertEquals(B, pick(SELF, B, C));
  }

  @Test
  void thisNodeWinsATie() {
    hosts(SELF, 3);
    hosts(B, 3);

    assertEquals(SELF, pick(B, SELF));
    hosts(SELF, 4);
    assertEquals(B, pick(B, SELF));
  }

  @Test
  void otherTiesAreBrokenAtRandom() {
    Map<NodeId, Integer> first = new HashMap<>();
    for (int i = 0; i < 400; i++) {
      first.merge(pick(B, C), 1, Integer::sum);
      hosts(B, 0);
      hosts(C, 0);
    }

    assertEquals(200, first.get(B), 60);
  }

  @Test
  void aSessionCountsFromThePickAndForEachEdge() {
    hosts(SELF, 2);

    assertTrue(pick(SELF, B).equals(B), "2 against 0");

    assertEquals(SELF, pick(SELF, B), "2 against 3: what this node sent, the others may have sent");
    hosts(B, 1);
    hosts(SELF, 3);
    assertEquals(B, pick(SELF, B), "3 against 1: it has announced");
  }

  @Test
  void aSessionThatNeverArrivesIsForgotten() {
    hosts(SELF, 2);
    pick(SELF, B);

    timing.pass(Duration.ofSeconds(3));

    assertEquals(B, pick(SELF, B));
  }

  @Test
  void withoutCandidatesNobodyIsPicked() {
    assertTrue(balance.pick(List.of()).isEmpty());
  }
}
