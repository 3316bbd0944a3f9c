/**
 * Which member gets a new session. Start at {@link dev.selvedge.router.LeastSessions}. Knows
 * nothing of sessions, protocols or functions: only nodes and how loaded they say they are.
 */
@NullMarked
package dev.selvedge.router;

import org.jspecify.annotations.NullMarked;
