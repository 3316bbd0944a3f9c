package dev.selvedge.store;

import java.nio.charset.StandardCharsets;

/** Counting with canonical bytes. */
final class Numbers {
  private Numbers() {}

  /**
   * The sum of a stored whole number and {@code delta}.
   *
   * @throws dev.selvedge.function.FunctionException code {@code not-a-number} or {@code
   *     out-of-range}
   */
  static long add(String key, byte[] stored, long delta) {
    long number;
    try {
      number = Long.parseLong(new String(stored, StandardCharsets.US_ASCII));
    } catch (NumberFormatException other) {
      throw StoreFailures.notANumber(key);
    }
    try {
      return Math.addExact(number, delta);
    } catch (ArithmeticException overflow) {
      throw StoreFailures.outOfRange(key, delta);
    }
  }

  static byte[] bytes(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }
}
