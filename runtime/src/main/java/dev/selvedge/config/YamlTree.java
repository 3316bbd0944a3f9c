package dev.selvedge.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A part of a YAML document as JSON values, with the place of each. Of the scalars without quotes
 * only {@code true}, {@code false}, {@code null} and decimal whole numbers are more than texts:
 * {@code off} and {@code 1_000} are what is written.
 */
final class YamlTree {
  private static final int DEEPEST = 20;
  private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,17})");

  private final Function<Node, String> placeOf;
  private final Map<String, String> places = new HashMap<>();

  YamlTree(Function<Node, String> placeOf) {
    this.placeOf = placeOf;
  }

  /** The places of all values that were read, by their paths. */
  Map<String, String> places() {
    return places;
  }

  @Nullable Object read(String path, Node node) {
    return read(path, node, DEEPEST);
  }

  private @Nullable Object read(String path, Node node, int depth) {
    places.put(path, placeOf.apply(node));
    if (depth == 0) {
      throw new ConfigException(path, "{…}", "at most " + DEEPEST + " levels")
          .foundIn(placeOf.apply(node));
    }
    if (node instanceof MappingNode mapping) {
      return object(path, mapping, depth);
    }
    if (node instanceof SequenceNode sequence) {
      JsonArray items = new JsonArray();
      for (Node item : sequence.getValue()) {
        items.add(read(path + "[" + items.size() + "]", item, depth - 1));
      }
      return items;
    }
    return scalar((ScalarNode) node);
  }

  private JsonObject object(String path, MappingNode mapping, int depth) {
    JsonObject members = new JsonObject();
    for (NodeTuple entry : mapping.getValue()) {
      String word =
          entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "(not a word)";
      String key = path + "." + word;
      if (members.containsKey(word)) {
        throw new ConfigException(key, "(again)", "each key once")
            .foundIn(placeOf.apply(entry.getKeyNode()));
      }
      members.put(word, read(key, entry.getValueNode(), depth - 1));
    }
    return members;
  }

  private static @Nullable Object scalar(ScalarNode node) {
    String text = node.getValue();
    if (node.getScalarStyle() != ScalarStyle.PLAIN) {
      return text;
    }
    if (WHOLE.matcher(text).matches()) {
      return Long.parseLong(text);
    }
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      case "", "~", "null" -> null;
      default -> text;
    };
  }
}
