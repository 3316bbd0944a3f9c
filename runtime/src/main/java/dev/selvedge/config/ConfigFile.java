package dev.selvedge.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A {@code selvedge.yaml}. Scalars of the known keys are taken as they are written, so that YAML's
 * own ideas (such as {@code no} being false) play no part; {@code functions:} is free YAML.
 */
final class ConfigFile {
  private static final String FUNCTIONS = "functions";
  private static final String POOLS = "pools";
  private static final String ROUTES = "routes";
  private static final String LISTENERS = "listeners";

  /** What a file says of things that have names. */
  record Named(Map<String, JsonObject> functions, RoutingConfig routing) {
    static final Named NONE = new Named(Map.of(), RoutingConfig.NONE);
  }

  private final Path path;
  private final Map<String, Object> routing = new HashMap<>();
  private final YamlTree tree = new YamlTree(this::place);
  private final Yaml yaml;

  ConfigFile(Path path) {
    this.path = path;
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    this.yaml = new Yaml(new SafeConstructor(options));
  }

  /** Puts what the file sets into {@code settings}; returns the rest. */
  Named readInto(Settings settings) {
    String text = content();
    try (Reader reader = new StringReader(text)) {
      Node root = yaml.compose(reader);
      if (root == null || root instanceof ScalarNode scalar && scalar.getValue().isEmpty()) {
        return Named.NONE;
      }
      readSection("", root, settings);
      return new Named(functions(yaml.load(text)), routing());
    } catch (MarkedYAMLException broken) {
      int line = broken.getProblemMark() == null ? 0 : broken.getProblemMark().getLine() + 1;
      throw new ConfigException(path + ":" + line, String.valueOf(broken.getProblem()), "YAML");
    } catch (YAMLException | IOException broken) {
      throw new ConfigException(path.toString(), String.valueOf(broken.getMessage()), "YAML");
    }
  }

  private String content() {
    try {
      return Files.readString(path);
    } catch (IOException unreadable) {
      throw new ConfigException("--config", path, "a readable YAML file");
    }
  }

  private void readSection(String section, Node node, Settings settings) {
    if (!(node instanceof MappingNode mapping)) {
      String name = section.isEmpty() ? "selvedge.yaml" : section;
      throw new ConfigException(name, shown(node), "a section with keys").foundIn(place(node));
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : mapping.getValue()) {
      String word = shown(entry.getKeyNode());
      String key = section.isEmpty() ? word : section + "." + word;
      if (!seen.add(key)) {
        throw new ConfigException(key, "(again)", "each key once")
            .foundIn(place(entry.getKeyNode()));
      }
      readEntry(key, entry.getValueNode(), settings);
    }
  }

  private void readEntry(String key, Node value, Settings settings) {
    if (key.equals(FUNCTIONS)) {
      return;
    }
    if (key.equals(POOLS) || key.equals(ROUTES) || key.equals(LISTENERS)) {
      Object read = tree.read(key, value);
      if (read != null) {
        routing.put(key, read);
      }
    } else if (Keys.isSection(key)) {
      readSection(key, value, settings);
    } else if (Keys.named(key).isEmpty()) {
      throw unknown(key, value);
    } else if (value instanceof ScalarNode scalar) {
      settings.set(key, place(value), scalar.getValue());
    } else if (value instanceof SequenceNode sequence) {
      List<String> items = sequence.getValue().stream().map(ConfigFile::shown).toList();
      settings.set(key, place(value), items);
    } else {
      throw new ConfigException(key, shown(value), "a value, not a section").foundIn(place(value));
    }
  }

  private ConfigException unknown(String key, Node value) {
    List<String> known = Keys.ALL.stream().map(Keys.Key::name).toList();
    String expected =
        Nearest.to(key, known)
            .map(near -> "a known key; did you mean " + near + "?")
            .orElse("a known key; docs/configuration.md lists them");
    return new ConfigException(key, shown(value), expected).foundIn(place(value));
  }

  private RoutingConfig routing() {
    Object pools = routing.getOrDefault(POOLS, new JsonObject());
    Object routes = routing.getOrDefault(ROUTES, new JsonArray());
    Object listeners = routing.getOrDefault(LISTENERS, new JsonObject());
    if (!(pools instanceof JsonObject poolsByName)) {
      throw misplaced(POOLS, pools, "pools by name");
    }
    if (!(routes instanceof JsonArray routeList)) {
      throw misplaced(ROUTES, routes, "a list of routes");
    }
    if (!(listeners instanceof JsonObject listenersByName)) {
      throw misplaced(LISTENERS, listeners, "listeners by name");
    }
    return new RoutingConfig(poolsByName, routeList, listenersByName, tree.places());
  }

  private ConfigException misplaced(String key, Object value, String expected) {
    return Section.bad(key, value, expected).foundIn(tree.places().getOrDefault(key, ""));
  }

  private static String shown(Node node) {
    return node instanceof ScalarNode scalar
        ? scalar.getValue()
        : node instanceof SequenceNode ? "[…]" : "{…}";
  }

  private String place(Node node) {
    return path.getFileName() + ":" + (node.getStartMark().getLine() + 1);
  }

  private static Map<String, JsonObject> functions(@Nullable Object document) {
    Map<String, JsonObject> byName = new HashMap<>();
    Object section = document instanceof Map<?, ?> map ? map.get(FUNCTIONS) : null;
    if (section == null) {
      return byName;
    }
    if (!(section instanceof Map<?, ?> functions)) {
      throw new ConfigException(FUNCTIONS, section, "settings by function name");
    }
    functions.forEach(
        (name, value) -> byName.put(String.valueOf(name), functionSettings(name, value)));
    return byName;
  }

  private static JsonObject functionSettings(Object name, @Nullable Object value) {
    if (json(value) instanceof JsonObject settings) {
      return settings;
    }
    throw new ConfigException(FUNCTIONS + "." + name, String.valueOf(value), "a section with keys");
  }

  /** What YAML read, as JSON values; a time stamp becomes its text. */
  private static @Nullable Object json(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      JsonObject object = new JsonObject();
      map.forEach((key, member) -> object.put(String.valueOf(key), json(member)));
      return object;
    }
    if (value instanceof Iterable<?> items) {
      JsonArray array = new JsonArray();
      items.forEach(item -> array.add(json(item)));
      return array;
    }
    if (value instanceof java.util.Date date) {
      return date.toInstant().toString();
    }
    return value;
  }
}
