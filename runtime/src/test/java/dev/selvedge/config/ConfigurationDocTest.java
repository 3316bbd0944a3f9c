package dev.selvedge.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConfigurationDocTest {
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z.-]+)` \\| (?:`([^`]*)`)? ?\\|.*", Pattern.UNICODE_CASE);

  @Test
  void theDocumentListsExactlyTheKeysWithTheirDefaults() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("../docs/configuration.md"))) {
      var row = ROW.matcher(line);
      if (row.matches()) {
        documented.put(row.group(1), row.group(2) == null ? "" : row.group(2));
      }
    }

    Map<String, String> known = new TreeMap<>();
    Keys.ALL.forEach(key -> known.put(key.name(), key.standard()));

    assertEquals(known, documented);
  }
}
