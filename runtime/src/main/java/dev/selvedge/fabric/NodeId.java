package dev.selvedge.fabric;

import java.security.SecureRandom;

/**
 * Names one incarnation of a node: a restarted node has a new id.
 *
 * @param value eight characters of {@code [a-z0-9]}
 */
public record NodeId(String value) implements Comparable<NodeId> {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

  public NodeId {
    if (!value.matches("[a-z0-9]{8}")) {
      throw new IllegalArgumentException(
          "node id: " + value + " (expected: eight characters of a-z and 0-9)");
    }
  }

  /** A new id, random. */
  public static NodeId random(SecureRandom random) {
    StringBuilder id = new StringBuilder(8);
    for (int i = 0; i < 8; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new NodeId(id.toString());
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
