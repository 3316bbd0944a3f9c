package dev.selvedge.store;

import dev.selvedge.function.FunctionException;

/** The failures that a function may see from a store; their codes are its contract. */
final class StoreFailures {
  private StoreFailures() {}

  static FunctionException badArgument(String what, Object value, String expected) {
    return new FunctionException(
        "bad-argument", what + ": " + value + " (expected: " + expected + ")");
  }

  /** The value under {@code key} cannot be counted with. */
  static FunctionException notANumber(String key) {
    return new FunctionException(
        "not-a-number", "increment of " + key + ": its value is no whole number of 64 bits");
  }

  static FunctionException outOfRange(String key, long delta) {
    return new FunctionException(
        "out-of-range", "increment of " + key + " by " + delta + " leaves the range of 64 bits");
  }

  /** The store cannot be reached now; the operation may or may not have happened. */
  static FunctionException unavailable(String reason) {
    return new FunctionException("store-unavailable", reason);
  }

  /** The store refused the operation. */
  static FunctionException refused(String reason) {
    return new FunctionException("store-failed", reason);
  }
}
