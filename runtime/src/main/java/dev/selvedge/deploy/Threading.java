package dev.selvedge.deploy;

import dev.selvedge.config.Section;

/** On which threads the callbacks of a function run; never two of one instance at a time. */
public enum Threading {
  /** On the event loop of the instance's lane. They must not block. */
  EVENT_LOOP,
  /** On virtual threads; on workers where the JDK has none (below 21). They may block. */
  VIRTUAL,
  /** On threads of a pool of the function's own. They may block. */
  WORKER;

  /** As a manifest writes it. */
  public String text() {
    return Section.wordOf(this);
  }

  /** What really happens on a JDK: {@link #VIRTUAL} falls back to {@link #WORKER} below 21. */
  Threading on(int javaFeature) {
    return this == VIRTUAL && javaFeature < 21 ? WORKER : this;
  }
}
