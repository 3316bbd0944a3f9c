package dev.selvedge.health;

import dev.selvedge.router.MemberSpec.AdminState;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A line of an agent, in the words of HAProxy's {@code agent-check}: separated by spaces, tabs or
 * commas, in any order and any case. What is not said does not change; words that are not known are
 * passed over.
 *
 * @param up {@code up}; or {@code down}, {@code failed}, {@code stopped}
 * @param reason what follows a {@code #} after one of those
 * @param state {@code ready}, {@code drain}, {@code maint}
 * @param weightPercent such as {@code 75%} of the configured weight, 0–256
 * @param most {@code maxconn:N}
 */
record AgentWords(
    Optional<Boolean> up,
    String reason,
    Optional<AdminState> state,
    OptionalInt weightPercent,
    OptionalInt most) {
  private static final int MOST_PERCENT = 256;

  static AgentWords parse(String line) {
    int hash = line.indexOf('#');
    String reason = hash < 0 ? "" : line.substring(hash + 1).strip();
    Optional<Boolean> up = Optional.empty();
    Optional<AdminState> state = Optional.empty();
    OptionalInt percent = OptionalInt.empty();
    OptionalInt most = OptionalInt.empty();
    String words = (hash < 0 ? line : line.substring(0, hash)).toLowerCase(Locale.ROOT);
    for (String word : words.strip().split("[ \\t,]+")) {
      switch (word) {
        case "up" -> up = Optional.of(true);
        case "down", "failed", "stopped" -> up = Optional.of(false);
        case "ready" -> state = Optional.of(AdminState.UP);
        case "drain" -> state = Optional.of(AdminState.DISABLED);
        case "maint" -> state = Optional.of(AdminState.FORCED_OFFLINE);
        default -> {
          if (word.matches("[0-9]{1,4}%")) {
            int number = Integer.parseInt(word.substring(0, word.length() - 1));
            percent = OptionalInt.of(Math.min(number, MOST_PERCENT));
          } else if (word.matches("maxconn:[0-9]{1,8}")) {
            most = OptionalInt.of(Integer.parseInt(word.substring("maxconn:".length())));
          }
        }
      }
    }
    return new AgentWords(up, reason, state, percent, most);
  }
}
