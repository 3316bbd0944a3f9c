package dev.selvedge.router;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.RoutingConfig;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A pool, route or listener of {@code selvedge.yaml}.
 *
 * @param json in full, checked
 * @param digest of what the file says, whatever the order of its keys
 */
record FileDefinition(DefinitionKind kind, String name, JsonObject json, String digest) {
  /** All of a file; throws {@link ConfigException} that names the place in it. */
  static List<FileDefinition> of(RoutingConfig file) {
    try {
      List<FileDefinition> all = new ArrayList<>();
      named(DefinitionKind.POOL, file.pools(), all);
      routes(file.routes(), all);
      named(DefinitionKind.LISTENER, file.listeners(), all);
      return all;
    } catch (ConfigException wrong) {
      throw file.located(wrong);
    }
  }

  private static void named(DefinitionKind kind, JsonObject section, List<FileDefinition> all) {
    for (String name : section.fieldNames()) {
      Object value = section.getValue(name);
      Object written = value == null ? new JsonObject() : value;
      JsonObject json = kind.checked(kind.path(name), name, written);
      all.add(new FileDefinition(kind, name, json, digest(written)));
    }
  }

  private static void routes(JsonArray section, List<FileDefinition> all) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < section.size(); i++) {
      String path = "routes[" + i + "]";
      Route route = RouteFormat.read(path, section.getValue(i));
      if (!names.add(route.name())) {
        throw new ConfigException(
            path, route.name(), "a route whose name no other has; name: sets another one");
      }
      all.add(
          new FileDefinition(
              DefinitionKind.ROUTE,
              route.name(),
              RouteFormat.write(route),
              digest(section.getValue(i))));
    }
  }

  private static String digest(@Nullable Object written) {
    StringBuilder text = new StringBuilder();
    append(text, written);
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static void append(StringBuilder text, @Nullable Object value) {
    if (value instanceof JsonObject object) {
      new TreeMap<>(object.getMap())
          .keySet()
          .forEach(
              key -> {
                text.append('{').append(key).append('=');
                append(text, object.getValue(key));
                text.append('}');
              });
    } else if (value instanceof JsonArray array) {
      text.append('[');
      array.forEach(
          item -> {
            append(text, item);
            text.append(',');
          });
      text.append(']');
    } else {
      text.append(value);
    }
  }
}
