package dev.selvedge.deploy;

import java.util.Arrays;
import java.util.Optional;

/** On which threads the callbacks of a function run; never two of one instance at a time. */
public enum Threading {
  /** On the event loop of the instance's lane. They must not block. */
  EVENT_LOOP("event-loop"),
  /** On virtual threads; on workers where the JDK has none (below 21). They may block. */
  VIRTUAL("virtual"),
  /** On threads of a pool of the function's own. They may block. */
  WORKER("worker");

  private final String text;

  Threading(String text) {
    this.text = text;
  }

  /** As a manifest writes it. */
  public String text() {
    return text;
  }

  static Optional<Threading> of(String text) {
    return Arrays.stream(values()).filter(one -> one.text.equals(text)).findFirst();
  }

  /** What really happens on a JDK: {@link #VIRTUAL} falls back to {@link #WORKER} below 21. */
  Threading on(int javaFeature) {
    return this == VIRTUAL && javaFeature < 21 ? WORKER : this;
  }
}
