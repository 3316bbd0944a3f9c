package dev.selvedge.session;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The groups that a session is in, in the order of joining. Confined to the session's lane. */
final class Memberships {
  private Map<String, @Nullable JsonObject> metas = Map.of();

  /** Notes a membership; tells whether it is new or its meta has changed. */
  boolean joined(String group, @Nullable JsonObject meta) {
    if (metas.containsKey(group) && meta == null) {
      return false;
    }
    if (metas.isEmpty()) {
      metas = new LinkedHashMap<>(4);
    }
    metas.put(group, meta);
    return true;
  }

  /** Notes the end of a membership; tells whether there was one. */
  boolean left(String group) {
    if (!metas.containsKey(group)) {
      return false;
    }
    metas.remove(group);
    return true;
  }

  boolean contains(String group) {
    return metas.containsKey(group);
  }

  @Nullable JsonObject meta(String group) {
    return metas.get(group);
  }

  void forEach(BiConsumer<String, @Nullable JsonObject> action) {
    metas.forEach(action);
  }

  List<String> groups() {
    return List.copyOf(metas.keySet());
  }
}
