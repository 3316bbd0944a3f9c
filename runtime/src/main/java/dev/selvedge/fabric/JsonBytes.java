package dev.selvedge.fabric;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bytes inside of JSON, which {@code JsonObject} and {@code JsonArray} would hand out as text: this
 * looks at what they hold. Pure.
 */
public final class JsonBytes {
  private JsonBytes() {}

  /** Whether the value is bytes, or holds some at any depth. */
  public static boolean in(@Nullable Object value) {
    if (value instanceof JsonObject object) {
      return inAny(object.getMap().values());
    } else if (value instanceof JsonArray array) {
      return inAny(array.getList());
    } else if (value instanceof Map<?, ?> map) {
      return inAny(map.values());
    } else if (value instanceof List<?> list) {
      return inAny(list);
    }
    return value instanceof Buffer || value instanceof byte[];
  }

  /** Whether one of the values is bytes, or holds some. */
  public static boolean inAny(Iterable<? extends @Nullable Object> values) {
    for (Object value : values) {
      if (in(value)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Of a value, the maps and lists that hold bytes at any depth: of each {@code JsonObject} and
   * {@code JsonArray} the one that is in it. Compared by identity; found in one pass.
   */
  static Set<Object> holders(Object value) {
    if (!in(value)) {
      return Set.of();
    }
    Set<Object> holders = Collections.newSetFromMap(new IdentityHashMap<>());
    collect(value, holders);
    return holders;
  }

  private static boolean collect(@Nullable Object value, Set<Object> holders) {
    if (value instanceof JsonObject object) {
      return collect(object.getMap(), holders);
    } else if (value instanceof JsonArray array) {
      return collect(array.getList(), holders);
    } else if (value instanceof Map<?, ?> map) {
      return collect(map, map.values(), holders);
    } else if (value instanceof List<?> list) {
      return collect(list, list, holders);
    }
    return value instanceof Buffer || value instanceof byte[];
  }

  private static boolean collect(
      Object container, Iterable<? extends @Nullable Object> values, Set<Object> holders) {
    boolean holds = false;
    for (Object value : values) {
      holds |= collect(value, holders);
    }
    if (holds) {
      holders.add(container);
    }
    return holds;
  }

  /** The map or list in a {@code JsonObject} or {@code JsonArray}; anything else is itself. */
  static @Nullable Object held(@Nullable Object value) {
    if (value instanceof JsonObject object) {
      return object.getMap();
    }
    return value instanceof JsonArray array ? array.getList() : value;
  }

  /** What an object or array holds, as a value of the function API. */
  @SuppressWarnings("unchecked") // the names in JSON are strings
  public static @Nullable Object asValue(@Nullable Object held) {
    if (held instanceof Map<?, ?> map) {
      return new JsonObject((Map<String, Object>) map);
    } else if (held instanceof List<?> list) {
      return new JsonArray(list);
    }
    return held instanceof byte[] bytes ? Buffer.buffer(bytes) : held;
  }
}
