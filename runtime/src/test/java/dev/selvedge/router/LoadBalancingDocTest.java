package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.Config;
import dev.selvedge.config.ConfigLoader;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadBalancingDocTest {
  private static final Path DOCUMENT = Path.of("../docs/load-balancing.md");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (?:`([^`]*)`)?");

  @TempDir Path directory;

  private static List<String> examples() throws IOException {
    return YAML.matcher(Files.readString(DOCUMENT))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private Config load(String yaml) throws IOException {
    Files.writeString(directory.resolve("selvedge.yaml"), yaml);
    return new ConfigLoader(ConfigLoader.Mode.START, directory, directory, Map.of())
        .load(Optional.empty(), Map.of());
  }

  @Test
  void everyExampleCanBeUsedAsItIs() throws IOException {
    List<String> examples = examples();
    assertTrue(examples.size() >= 12, examples.size() + " examples");
    for (String example : examples) {
      RouterDocuments.check(load(example).routing());
    }
  }

  @Test
  void theDefaultsThatExamplesWriteDownAreTheDefaults() throws IOException {
    JsonObject standard = PoolFormat.write(PoolFormat.read("pools.chat", "chat", new JsonObject()));
    for (String section : List.of("sticky", "timeouts", "queue", "drain")) {
      String example =
          examples().stream()
              .filter(text -> text.contains("    " + section + ":") && text.contains("  chat:"))
              .findFirst()
              .orElseThrow();
      JsonObject pool = load(example).routing().pools().getJsonObject("chat");
      PoolSpec read = PoolFormat.read("pools.chat", "chat", pool);
      assertEquals(standard.getValue(section), PoolFormat.write(read).getValue(section), section);
    }
  }

  @Test
  void theTableNamesEveryKeyOfAPoolWithItsDefault() throws IOException {
    String text = Files.readString(DOCUMENT);
    String table = text.substring(text.indexOf("## All keys of a pool"));
    JsonObject standard = PoolFormat.write(PoolFormat.read("pools.chat", "chat", new JsonObject()));
    Map<String, String> documented =
        ROW.matcher(table)
            .results()
            .collect(
                java.util.stream.Collectors.toMap(
                    row -> row.group(1), row -> row.group(2) == null ? "" : row.group(2)));

    assertTrue(documented.keySet().containsAll(standard.fieldNames()), documented::toString);
    for (Map.Entry<String, String> row : documented.entrySet()) {
      Object value = standard.getValue(row.getKey());
      boolean simple =
          value instanceof String || value instanceof Number || value instanceof Boolean;
      if (simple) {
        assertEquals(String.valueOf(value), row.getValue(), row.getKey());
      }
    }
  }
}
