package dev.selvedge.host;

/** Told what functions do on this node, for meters. Any thread. */
public interface HostListener {
  HostListener NONE = new HostListener() {};

  /** A callback or a call of the function has failed. */
  default void failed(String function) {}
}
