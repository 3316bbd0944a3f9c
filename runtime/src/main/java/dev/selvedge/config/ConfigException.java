package dev.selvedge.config;

/**
 * A configuration that cannot be used: the message names the key, the value and what was expected.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final String value;
  private final String expected;

  public ConfigException(String key, Object value, String expected) {
    super(key + ": " + value + " (expected: " + expected + ")");
    this.key = key;
    this.value = String.valueOf(value);
    this.expected = expected;
  }

  /** The key as it is written in {@code selvedge.yaml}, such as {@code edge.port}. */
  public String key() {
    return key;
  }

  /** The same complaint, naming also where the value was found. */
  ConfigException foundIn(String source) {
    return new ConfigException(key + " (" + source + ")", value, expected);
  }
}
