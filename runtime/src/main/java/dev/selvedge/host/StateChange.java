package dev.selvedge.host;

import org.jspecify.annotations.Nullable;

/**
 * What a callback did to the session's state.
 *
 * @param json the new state, or null if it is as it was
 * @param refusal why the new state was not taken, or null
 */
record StateChange(@Nullable String json, @Nullable Throwable refusal) {
  static final StateChange NONE = new StateChange(null, null);
}
