package dev.selvedge.function;

import java.util.Locale;

/** How bytes reach a client. */
public enum Transport {
  WEBSOCKET,
  SSE,
  LONGPOLL;

  /** The name on the wire and in documents: {@code websocket}, {@code sse}, {@code longpoll}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
