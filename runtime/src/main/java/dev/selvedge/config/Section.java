package dev.selvedge.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of a definition, read with checks: an unknown key or a bad value is a {@link
 * ConfigException} that names the path of the key, the value and what was expected.
 */
public final class Section {
  private static final int SHOWN = 100;

  private final String path;
  private final JsonObject members;

  private Section(String path, JsonObject members) {
    this.path = path;
    this.members = members;
  }

  /**
   * A section whose keys are among {@code known}.
   *
   * @param path its own path, such as {@code pools.chat}; empty for a whole document
   */
  public static Section of(String path, @Nullable Object value, Set<String> known) {
    if (!(value instanceof JsonObject members)) {
      throw bad(path, value, "a section with the keys " + sorted(known));
    }
    Section section = new Section(path, members);
    for (String name : members.fieldNames()) {
      if (!known.contains(name)) {
        String expected =
            Nearest.to(name, known)
                .map(near -> "a known key; did you mean " + near + "?")
                .orElse("one of the keys " + sorted(known));
        throw section.wrong(name, expected);
      }
    }
    return section;
  }

  private static String sorted(Set<String> known) {
    return String.join(", ", new TreeSet<>(known));
  }

  /** A complaint about a value; null is shown as missing. */
  public static ConfigException bad(String path, @Nullable Object value, String expected) {
    String shown = value == null ? "(missing)" : shown(value);
    return new ConfigException(
        path, shown.length() > SHOWN ? shown.substring(0, SHOWN) + "…" : shown, expected);
  }

  private static String shown(Object value) {
    if (value instanceof JsonObject object) {
      return object.encode();
    }
    return value instanceof JsonArray array ? array.encode() : value.toString();
  }

  /** A complaint about one of its keys. */
  public ConfigException wrong(String key, String expected) {
    return bad(path(key), value(key), expected);
  }

  public String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  public boolean has(String key) {
    return value(key) != null;
  }

  /** What stands there: JsonObject, JsonArray, String, Number, Boolean; null for nothing. */
  public @Nullable Object value(String key) {
    return members.getValue(key);
  }

  /** A section in this one; empty if it is not there. */
  public Section section(String key, Set<String> known) {
    return of(path(key), has(key) ? value(key) : new JsonObject(), known);
  }

  /** A text; a number or a truth counts as what it is written as. */
  public String text(String key, String standard, Pattern form, String expected) {
    Object value = value(key);
    if (value == null) {
      return standard;
    }
    String text = String.valueOf(value);
    if (value instanceof JsonObject
        || value instanceof JsonArray
        || !form.matcher(text).matches()) {
      throw wrong(key, expected);
    }
    return text;
  }

  /** A text that must be there. */
  public String requiredText(String key, Pattern form, String expected) {
    if (!has(key)) {
      throw wrong(key, expected);
    }
    return text(key, "", form, expected);
  }

  public int number(String key, int standard, int least, int most) {
    Object value = value(key);
    if (value == null) {
      return standard;
    }
    boolean whole = value instanceof Integer || value instanceof Long;
    long number = whole ? ((Number) value).longValue() : 0;
    if (!whole || number < least || number > most) {
      throw wrong(key, least + ".." + most);
    }
    return (int) number;
  }

  public boolean truth(String key, boolean standard) {
    Object value = value(key);
    if (value == null) {
      return standard;
    }
    if (!(value instanceof Boolean truth)) {
      throw wrong(key, "true or false");
    }
    return truth;
  }

  public Duration duration(String key, Duration standard, Duration least, Duration most) {
    Object value = value(key);
    if (value == null) {
      return standard;
    }
    Duration duration = Values.duration(path(key), String.valueOf(value));
    Checks.durationInRange(path(key), duration, least, most);
    return duration;
  }

  /** A number of bytes. */
  public int size(String key, int standard, int least, int most) {
    Object value = value(key);
    if (value == null) {
      return standard;
    }
    int size = Values.size(path(key), String.valueOf(value));
    Checks.sizeInRange(path(key), size, least, most);
    return size;
  }

  /** As {@link #duration} reads it. */
  public static String durationText(Duration value) {
    return Values.durationText(value);
  }

  /** One of the words that stand for the values of an enum; {@link #wordOf} makes them. */
  public <E extends Enum<E>> E word(String key, E standard, Class<E> type) {
    Object value = value(key);
    return value == null ? standard : oneOf(path(key), value, type);
  }

  private static <E extends Enum<E>> E oneOf(String path, Object value, Class<E> type) {
    List<E> all = List.of(type.getEnumConstants());
    return all.stream()
        .filter(one -> wordOf(one).equals(value))
        .findFirst()
        .orElseThrow(
            () -> bad(path, value, String.join(", ", all.stream().map(Section::wordOf).toList())));
  }

  /** {@code forced-offline} for {@code FORCED_OFFLINE}. */
  public static String wordOf(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /**
   * The items of a list, each read with its path ({@code routes[2]}); a single value counts as a
   * list of it, and none as an empty one.
   */
  public <T> List<T> list(String key, Reading<T> reading) {
    Object value = value(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof JsonArray items)) {
      return List.of(reading.read(path(key), value));
    }
    List<T> read = new ArrayList<>();
    for (Object item : items) {
      read.add(reading.read(path(key) + "[" + read.size() + "]", item));
    }
    return read;
  }

  /** How an item is read. */
  public interface Reading<T> {
    T read(String path, @Nullable Object item);
  }

  /** A list of texts. */
  public List<String> texts(String key, Pattern form, String expected) {
    return list(
        key,
        (path, item) -> {
          if (!(item instanceof String text) || !form.matcher(text).matches()) {
            throw bad(path, item, expected);
          }
          return text;
        });
  }

  /** Texts by name. */
  public Map<String, String> map(String key, Function<String, String> nameOf) {
    Object value = value(key);
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof JsonObject map)) {
      throw wrong(key, "names with values");
    }
    Map<String, String> texts = new java.util.LinkedHashMap<>();
    for (String name : map.fieldNames()) {
      Object item = map.getValue(name);
      if (item instanceof JsonObject || item instanceof JsonArray) {
        throw bad(path(key) + "." + name, item, "a text");
      }
      texts.put(nameOf.apply(name), item == null ? "" : String.valueOf(item));
    }
    return texts;
  }

  /** Which of these keys is there: exactly one must be. */
  public String oneOf(String... keys) {
    List<String> found = Stream.of(keys).filter(this::has).toList();
    if (found.size() != 1) {
      throw new ConfigException(
          path,
          found.isEmpty() ? "(none of them)" : String.join(" and ", found),
          "exactly one of " + String.join(", ", keys));
    }
    return found.get(0);
  }

  /** Refuses anything but {@code host:port}. */
  public static String hostAndPort(String path, @Nullable Object value) {
    if (!(value instanceof String text)) {
      throw bad(path, value, "host:port, such as 10.0.0.7:8080");
    }
    Checks.hostAndPort(path, text);
    return text;
  }

  /** Refuses anything but an address block. */
  public static String cidr(String path, @Nullable Object value) {
    String text = String.valueOf(value);
    Checks.cidr(path, text);
    return text;
  }

  /** Refuses anything but an origin or {@code *}. */
  public static String origin(String path, @Nullable Object value) {
    String text = String.valueOf(value);
    Checks.origin(path, text);
    return text;
  }
}
