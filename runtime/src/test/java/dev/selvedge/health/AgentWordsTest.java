package dev.selvedge.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.router.MemberSpec.AdminState;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AgentWordsTest {
  private static AgentWords words(
      Optional<Boolean> up, String reason, Optional<AdminState> state, int percent, int most) {
    return new AgentWords(
        up,
        reason,
        state,
        percent < 0 ? OptionalInt.empty() : OptionalInt.of(percent),
        most < 0 ? OptionalInt.empty() : OptionalInt.of(most));
  }

  @Test
  void theWordsOfHaProxysAgentCheckAreUnderstood() {
    Optional<AdminState> none = Optional.empty();
    assertEquals(words(Optional.of(true), "", none, -1, -1), AgentWords.parse("up\n"));
    assertEquals(words(Optional.empty(), "", none, 75, -1), AgentWords.parse("75%"));
    assertEquals(words(Optional.empty(), "", none, -1, 30), AgentWords.parse("maxconn:30"));
    assertEquals(
        words(Optional.of(true), "", Optional.of(AdminState.UP), 50, 9),
        AgentWords.parse(" READY, up\t50% maxconn:9"));
    assertEquals(
        words(Optional.empty(), "", Optional.of(AdminState.DISABLED), -1, -1),
        AgentWords.parse("drain"));
    assertEquals(
        words(Optional.empty(), "", Optional.of(AdminState.FORCED_OFFLINE), -1, -1),
        AgentWords.parse("maint"));
    assertEquals(
        words(Optional.of(false), "disk full", none, -1, -1), AgentWords.parse("down # disk full"));
    assertEquals(words(Optional.of(false), "", none, -1, -1), AgentWords.parse("stopped"));
    assertEquals(words(Optional.of(false), "", none, -1, -1), AgentWords.parse("failed"));
  }

  @Test
  void whatIsNotKnownChangesNothing() {
    AgentWords nothing = words(Optional.empty(), "", Optional.empty(), -1, -1);
    assertEquals(nothing, AgentWords.parse(""));
    assertEquals(nothing, AgentWords.parse("hello 75 % maxconn: -1%"));
  }
}
