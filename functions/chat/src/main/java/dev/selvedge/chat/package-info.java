/**
 * Rooms of people who hear each other. Start at {@link dev.selvedge.chat.Chat}: what clients may
 * say; {@code History} is what the store holds.
 */
@NullMarked
package dev.selvedge.chat;

import org.jspecify.annotations.NullMarked;
