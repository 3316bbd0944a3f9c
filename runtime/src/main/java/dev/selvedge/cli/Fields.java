package dev.selvedge.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object of an answer, read by member; what is missing reads as empty. */
record Fields(Map<?, ?> members) {
  static Fields of(@Nullable Object value) {
    return new Fields(value instanceof Map<?, ?> map ? map : Map.of());
  }

  String text(String name) {
    Object value = members.get(name);
    return value == null ? "" : value.toString();
  }

  long number(String name) {
    return members.get(name) instanceof Number number ? number.longValue() : 0;
  }

  boolean truth(String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  List<?> list(String name) {
    return members.get(name) instanceof List<?> list ? list : List.of();
  }

  /** The words of a list, separated by spaces. */
  String words(String name) {
    return String.join(" ", list(name).stream().map(String::valueOf).toList());
  }

  List<Fields> records(String name) {
    return list(name).stream().map(Fields::of).toList();
  }
}
