package dev.selvedge.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What was set, by key: the values as text, each with the place it was found in. Later settings
 * replace earlier ones.
 */
final class Settings {
  /** The text as it was found, and its items if it was a list there already. */
  private record Setting(String source, String text, Optional<List<String>> items) {}

  private final Map<String, Setting> byKey = new HashMap<>();

  /** Sets a value; of a list key it may hold several, separated by commas. */
  void set(String key, String source, String value) {
    byKey.put(key, new Setting(source, value, Optional.empty()));
  }

  void set(String key, String source, List<String> items) {
    byKey.put(key, new Setting(source, String.join(",", items), Optional.of(items)));
  }

  private static List<String> split(String value) {
    return Stream.of(value.split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
  }

  /** Where the value of a key comes from; empty if it is the default. */
  Optional<String> sourceOf(String key) {
    return Optional.ofNullable(byKey.get(key)).map(Setting::source);
  }

  List<String> list(String key) {
    Setting setting = byKey.get(key);
    return setting != null
        ? setting.items().orElseGet(() -> split(setting.text()))
        : split(standard(key));
  }

  String text(String key) {
    Setting setting = byKey.get(key);
    return setting != null ? setting.text() : standard(key);
  }

  private static String standard(String key) {
    return Keys.named(key).orElseThrow(() -> new IllegalArgumentException(key)).standard();
  }

  Optional<String> optional(String key) {
    return Optional.of(text(key)).filter(value -> !value.isEmpty());
  }

  int number(String key) {
    return Values.wholeNumber(key, text(key));
  }

  int size(String key) {
    return Values.size(key, text(key));
  }

  Duration duration(String key) {
    return Values.duration(key, text(key));
  }

  boolean truth(String key) {
    return Values.truth(key, text(key));
  }
}
