package dev.selvedge.fabric;

/** What a node does. */
public enum Role {
  /** Accepts clients. */
  EDGE,
  /** Runs functions. */
  HOST
}
