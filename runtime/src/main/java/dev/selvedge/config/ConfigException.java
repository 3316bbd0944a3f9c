package dev.selvedge.config;

/**
 * A configuration that cannot be used: the message names the key, the value and what was expected.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String key, Object value, String expected) {
    super(key + ": " + value + " (expected: " + expected + ")");
  }
}
