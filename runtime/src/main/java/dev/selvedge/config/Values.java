package dev.selvedge.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How sizes and durations are written: {@code 64KiB}, {@code 25s}. */
final class Values {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})\\s*(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,10})\\s*(B|KiB|MiB|GiB)?");

  private Values() {}

  static Duration duration(String key, String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher match = DURATION.matcher(text);
    if (!match.matches()) {
      throw new ConfigException(key, text, "a duration such as 500ms, 25s, 5m or 1h; 0 for none");
    }
    return Duration.ofMillis(Long.parseLong(match.group(1)) * millisOf(match.group(2)));
  }

  static String durationText(Duration value) {
    long millis = value.toMillis();
    if (millis == 0) {
      return "0";
    }
    for (String unit : new String[] {"d", "h", "m", "s"}) {
      if (millis % millisOf(unit) == 0) {
        return millis / millisOf(unit) + unit;
      }
    }
    return millis + "ms";
  }

  private static long millisOf(String unit) {
    return switch (unit) {
      case "ms" -> 1;
      case "s" -> 1_000;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      default -> 86_400_000;
    };
  }

  private static long bytesOf(String unit) {
    return switch (unit) {
      case "KiB" -> 1 << 10;
      case "MiB" -> 1 << 20;
      case "GiB" -> 1 << 30;
      default -> 1;
    };
  }

  static int size(String key, String text) {
    Matcher match = SIZE.matcher(text);
    String expected = "a size such as 4096, 64KiB or 1MiB, below 2GiB";
    if (!match.matches()) {
      throw new ConfigException(key, text, expected);
    }
    String unit = match.group(2) == null ? "B" : match.group(2);
    long bytes = Long.parseLong(match.group(1)) * bytesOf(unit);
    if (bytes > Integer.MAX_VALUE) {
      throw new ConfigException(key, text, expected);
    }
    return (int) bytes;
  }

  static String sizeText(long bytes) {
    for (String unit : new String[] {"GiB", "MiB", "KiB"}) {
      if (bytes != 0 && bytes % bytesOf(unit) == 0) {
        return bytes / bytesOf(unit) + unit;
      }
    }
    return Long.toString(bytes);
  }

  static int wholeNumber(String key, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException notANumber) {
      throw new ConfigException(key, text, "a whole number");
    }
  }

  static boolean truth(String key, String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new ConfigException(key, text, "true or false");
    };
  }

  /** A URL that may be shown: what stands before the {@code @} is left out. */
  static String withoutPassword(String url) {
    return url.replaceFirst("://[^@/]*@", "://…@");
  }
}
