package dev.selvedge.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RosterTest {
  private static final NodeId SELF = new NodeId("selfself");
  private static final NodeId A = new NodeId("aaaaaaaa");
  private static final NodeId B = new NodeId("bbbbbbbb");

  private final NodeTable table =
      new NodeTable(new Node(SELF, Set.of(), "self:1", "1", 0, Map.of()));
  private final List<String> told = new ArrayList<>();
  private final List<NodeId> leaders = new ArrayList<>();
  private List<Member> members = List.of(member(SELF));
  private final Roster roster =
      new Roster(table, List.of(), List.of(), () -> members, new Neighbours());

  RosterTest() {
    table.addListener(
        new Membership.Listener() {
          @Override
          public void joined(Node node) {
            told.add("+" + node.id());
            leaders.add(table.nodes().get(0).id());
          }

          @Override
          public void left(Node node) {
            told.add("-" + node.id());
          }
        });
  }

  private static final class Neighbours implements Roster.Neighbours {
    @Override
    public void joined(NodeId peer) {}

    @Override
    public void left(NodeId peer) {}
  }

  private static Member member(NodeId id) {
    return new Member(id, UUID.randomUUID(), Set.of(), id + ":1", "1", 1);
  }

  private void refresh(Member... now) {
    members = List.of(now);
    told.clear();
    roster.refresh();
  }

  @Test
  void membersJoinAndLeaveAndTheOldestLeads() {
    Member self = member(SELF);
    Member a = member(A);
    Member b = member(B);

    refresh(a, self, b);
    assertEquals(List.of("+" + A, "+" + B), told);
    assertEquals(List.of(A, SELF, B), table.nodes().stream().map(Node::id).toList());

    refresh(self, b);
    assertEquals(List.of("-" + A), told);
    assertEquals(List.of(SELF, B), table.nodes().stream().map(Node::id).toList());

    refresh(self, b);
    assertEquals(List.of(), told);
  }

  @Test
  void whoHearsOfAnOlderNodeSeesItLead() {
    NodeId last = new NodeId("zzzzzzzz");

    refresh(member(last), member(A), member(SELF));

    assertEquals(List.of(last, last), leaders);
  }

  @Test
  void aMemberThatReturnedHasLeftAndJoinedInALaterEpoch() {
    Member self = member(SELF);
    refresh(self, member(A));
    assertEquals(1, roster.epoch(A));

    refresh(self, member(A));
    assertEquals(List.of("-" + A, "+" + A), told);
    assertEquals(2, roster.epoch(A));

    refresh(self);
    assertEquals(0, roster.epoch(A));
    refresh(self, member(A));
    assertEquals(3, roster.epoch(A));
  }

  @Test
  void ifThisNodeReturnedAllOthersHaveLeftAndJoined() {
    Member a = member(A);
    Member b = member(B);
    refresh(a, b, member(SELF));

    refresh(a, b, member(SELF));

    assertEquals(Set.of("-" + A, "-" + B, "+" + A, "+" + B), Set.copyOf(told));
    assertEquals(2, roster.epoch(A));
  }

  @Test
  void thePairFollowsTheHigherEpochOnce() {
    refresh(member(SELF), member(A));
    told.clear();

    roster.reach(A, 5);
    roster.reach(A, 5);
    roster.reach(A, 3);
    roster.reach(B, 9);

    assertEquals(List.of("-" + A, "+" + A), told);
    assertEquals(5, roster.epoch(A));
  }

  @Test
  void betweenTwoClustersNothingIsConcluded() {
    Member self = member(SELF);
    Member a = member(A);
    refresh(self, a);

    refresh();

    assertEquals(List.of(), told);
    assertEquals(2, table.nodes().size());
  }
}
