package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one manifest section, read with checks: a bad value or an unknown key is an error
 * that names the key, the value and what was expected.
 */
final class Fields {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,10})\\s*(B|KiB|MiB)?");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)?");

  private final String prefix;
  private final Map<String, @Nullable Object> values;

  private Fields(String prefix, Map<String, @Nullable Object> values) {
    this.prefix = prefix;
    this.values = values;
  }

  /** The fields of a section whose keys are among {@code known}. */
  static Fields of(String prefix, Object section, Set<String> known) {
    Map<String, @Nullable Object> values = map(prefix, section);
    for (Map.Entry<String, @Nullable Object> entry : values.entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw bad(prefix + entry.getKey(), entry.getValue(), "one of the keys " + sorted(known));
      }
    }
    return new Fields(prefix, values);
  }

  private static String sorted(Set<String> known) {
    return String.join(", ", known.stream().sorted().toList());
  }

  Fields section(String key, Set<String> known) {
    Object value = values.get(key);
    return of(prefix + key + ".", value == null ? Map.of() : value, known);
  }

  Optional<String> text(String key, Pattern form, String expected) {
    return value(key)
        .map(
            value -> {
              if (!(value instanceof String text) || !form.matcher(text).matches()) {
                throw bad(prefix + key, value, expected);
              }
              return text;
            });
  }

  String requiredText(String key, Pattern form, String expected) {
    return text(key, form, expected).orElseThrow(() -> bad(prefix + key, null, expected));
  }

  Optional<List<String>> texts(String key, Pattern form, String expected) {
    return value(key)
        .map(
            value -> {
              List<String> texts = new ArrayList<>();
              for (Object item : list(value)) {
                if (!(item instanceof String text) || !form.matcher(text).matches()) {
                  throw bad(prefix + key, item, expected);
                }
                if (!texts.contains(text)) {
                  texts.add(text);
                }
              }
              return texts;
            });
  }

  private static List<?> list(Object value) {
    if (value instanceof JsonArray array) {
      return array.getList();
    }
    return value instanceof List<?> list ? list : List.of(value);
  }

  Optional<Integer> number(String key, int min, int max) {
    return value(key).map(value -> inRange(key, value, value, min, max, min + ".." + max));
  }

  /** A number of bytes: {@code 65536}, {@code 64KiB}, {@code 1MiB}. */
  Optional<Integer> size(String key, int min, int max) {
    String expected = "a size of " + min + ".." + max + " bytes, such as 64KiB or 1MiB";
    return value(key)
        .map(value -> inRange(key, value, unit(value, SIZE, Fields::bytes), min, max, expected));
  }

  /** A time: {@code 500ms}, {@code 25s}, {@code 2m}, {@code 1h}; a bare number is seconds. */
  Optional<Duration> duration(String key, Duration max) {
    String expected = "a time of 0.." + max.toSeconds() + "s, such as 500ms, 25s or 2m";
    int most = (int) max.toMillis();
    return value(key)
        .map(value -> inRange(key, value, unit(value, DURATION, Fields::millis), 0, most, expected))
        .map(Duration::ofMillis);
  }

  Optional<Boolean> flag(String key) {
    return value(key)
        .map(
            value -> {
              if (!(value instanceof Boolean flag)) {
                throw bad(prefix + key, value, "true or false");
              }
              return flag;
            });
  }

  JsonObject json(String key) {
    return value(key)
        .map(value -> new JsonObject(json(prefix + key, map(prefix + key, value))))
        .orElseGet(JsonObject::new);
  }

  Optional<Object> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  private int inRange(
      String key, Object given, @Nullable Object number, int min, int max, String expected) {
    long value = -1;
    if (number instanceof Integer || number instanceof Long) {
      value = ((Number) number).longValue();
    }
    if (value < min || value > max) {
      throw bad(prefix + key, given, expected);
    }
    return (int) value;
  }

  private interface Unit {
    long times(long amount, String unit);
  }

  private static @Nullable Object unit(Object value, Pattern form, Unit unit) {
    Matcher match = form.matcher(String.valueOf(value));
    if (!match.matches()) {
      return null;
    }
    return unit.times(Long.parseLong(match.group(1)), match.group(2) == null ? "" : match.group(2));
  }

  private static long bytes(long amount, String unit) {
    return switch (unit) {
      case "KiB" -> amount << 10;
      case "MiB" -> amount << 20;
      default -> amount;
    };
  }

  private static long millis(long amount, String unit) {
    return switch (unit) {
      case "ms" -> amount;
      case "m" -> amount * 60_000;
      case "h" -> amount * 3_600_000;
      default -> amount * 1_000;
    };
  }

  private static Map<String, @Nullable Object> map(String key, Object value) {
    if (value instanceof JsonObject json) {
      return json.getMap();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw bad(key, value, "keys with values");
    }
    Map<String, @Nullable Object> texts = new LinkedHashMap<>();
    map.forEach((name, item) -> texts.put(String.valueOf(name), item));
    return texts;
  }

  private static Map<String, @Nullable Object> json(
      String key, Map<String, @Nullable Object> section) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    section.forEach((name, value) -> json.put(name, jsonValue(key + "." + name, value)));
    return json;
  }

  private static @Nullable Object jsonValue(String key, @Nullable Object value) {
    if (value instanceof Map || value instanceof JsonObject) {
      return new JsonObject(json(key, map(key, value)));
    }
    if (value instanceof List || value instanceof JsonArray) {
      List<@Nullable Object> items = new ArrayList<>();
      list(value).forEach(item -> items.add(jsonValue(key, item)));
      return new JsonArray(items);
    }
    if (value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean) {
      return value;
    }
    throw bad(key, value, "a JSON value; put quotes around it to make it a text");
  }

  static DeployException bad(String key, @Nullable Object value, String expected) {
    String shown = value == null ? "missing" : String.valueOf(value);
    if (shown.length() > 100) {
      shown = shown.substring(0, 100) + "…";
    }
    return new DeployException(
        Reason.BAD_MANIFEST,
        String.format(
            Locale.ROOT, "%s: %s: %s (expected: %s)", ManifestFormat.PATH, key, shown, expected));
  }
}
