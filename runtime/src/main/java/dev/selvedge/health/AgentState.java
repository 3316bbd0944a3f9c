package dev.selvedge.health;

import dev.selvedge.router.Member;
import dev.selvedge.router.MemberSpec.AdminState;
import org.jspecify.annotations.Nullable;

/**
 * What the agent of a member has said so far. It stands beside what the operator wants: neither can
 * undo the other's word.
 */
final class AgentState {
  private static final int ALL = 100;

  private final Member member;
  private int percent = ALL;
  private int most;
  private @Nullable AdminState state;

  AgentState(Member member) {
    this.member = member;
  }

  void follow(AgentWords words) {
    int newPercent = words.weightPercent().orElse(percent);
    int newMost = words.most().orElse(most);
    AdminState said = words.state().orElse(state == null ? AdminState.UP : state);
    AdminState newState = said == AdminState.UP ? null : said;
    if (newPercent != percent || newState != state) {
      percent = newPercent;
      state = newState;
      member.agent(percent, state);
    }
    if (newMost != most) {
      most = newMost;
      member.agentLimit(most);
    }
  }

  /** There is no agent any more. */
  void forget() {
    if (percent != ALL || state != null) {
      percent = ALL;
      state = null;
      member.agent(ALL, null);
    }
    if (most != 0) {
      most = 0;
      member.agentLimit(0);
    }
  }
}
