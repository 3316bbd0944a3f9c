package dev.selvedge.session;

import org.jspecify.annotations.Nullable;

/**
 * An error as the client gets to see it.
 *
 * @param code a word for programs
 * @param text for people
 * @param data a JSON value, or null
 */
public record ReplyError(String code, String text, @Nullable Object data) {}
