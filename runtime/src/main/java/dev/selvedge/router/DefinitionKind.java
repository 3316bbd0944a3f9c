package dev.selvedge.router;

import dev.selvedge.config.Section;
import io.vertx.core.json.JsonObject;

/** What can be defined. */
public enum DefinitionKind {
  POOL,
  ROUTE,
  LISTENER;

  /** The key of the shared document with that definition. */
  String key(String name) {
    return prefix() + name;
  }

  private String prefix() {
    return word() + ".";
  }

  /** {@code pool}, {@code route}, {@code listener}. */
  public String word() {
    return Section.wordOf(this);
  }

  /** Where complaints about it point. */
  String path(String name) {
    return word() + "s." + name;
  }

  boolean owns(String key) {
    return key.startsWith(prefix());
  }

  String nameIn(String key) {
    return key.substring(prefix().length());
  }

  /** The definition in full, as it is kept; throws {@link dev.selvedge.config.ConfigException}. */
  JsonObject checked(String path, String name, Object json) {
    return switch (this) {
      case POOL -> PoolFormat.write(PoolFormat.read(path, name, json));
      case ROUTE -> RouteFormat.write(RouteFormat.read(path, json));
      case LISTENER -> ListenerFormat.write(ListenerFormat.read(path, name, json));
    };
  }
}
