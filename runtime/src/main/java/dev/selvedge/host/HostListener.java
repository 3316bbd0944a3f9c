package dev.selvedge.host;

/** Told what functions do on this node, for meters. Any thread. */
public interface HostListener {
  HostListener NONE = new HostListener() {};

  /** A callback has ended, well or not, after so many nanoseconds. */
  default void handled(String function, long nanos) {}

  /** A callback or a call of the function has failed. */
  default void failed(String function) {}
}
