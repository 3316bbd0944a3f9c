package dev.selvedge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents name is there. */
class ArchitectureDocTest {
  private static final Path HOME = Path.of("..");
  private static final Path DOCUMENT = HOME.resolve("docs/architecture.md");
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern IN_PACKAGE = Pattern.compile("([a-z]+(?:/[a-z]+)*)/([A-Z]\\w+)");
  private static final Pattern TEST = Pattern.compile("[A-Z]\\w*(Test|IT|Contract)");
  private static final Pattern LINK = Pattern.compile("]\\(((?!https?:|#)[^)#]+)(#[^)]*)?\\)");

  @Test
  void theTypesThatTheMapNamesAreInTheirPackages() throws IOException {
    Path sources = Path.of("src/main/java/dev/selvedge");
    Set<String> missing = new TreeSet<>();
    int named = 0;
    for (String word : code()) {
      Matcher type = IN_PACKAGE.matcher(word);
      if (type.matches()) {
        named++;
        if (Files.notExists(sources.resolve(type.group(1)).resolve(type.group(2) + ".java"))) {
          missing.add(word);
        }
      }
    }
    assertTrue(named > 20, "types named: " + named);
    assertEquals(Set.of(), missing);
  }

  @Test
  void theTestsThatHoldTheInvariantsExist() throws IOException {
    Set<String> missing = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      Set<String> tests =
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
      for (String word : code()) {
        if (TEST.matcher(word).matches() && !tests.contains(word + ".java")) {
          missing.add(word);
        }
      }
    }
    assertEquals(Set.of(), missing);
  }

  private static List<String> code() throws IOException {
    return CODE.matcher(Files.readString(DOCUMENT))
        .results()
        .map(found -> found.group(1))
        .distinct()
        .toList();
  }

  @Test
  void theLinksOfTheDocumentsLeadSomewhere() throws IOException {
    Map<String, Set<String>> broken = new java.util.TreeMap<>();
    try (Stream<Path> files = Files.walk(HOME.resolve("docs"))) {
      for (Path file :
          Stream.concat(files, Stream.of(HOME.resolve("README.md")))
              .filter(path -> path.toString().endsWith(".md"))
              .toList()) {
        Set<String> dead =
            LINK.matcher(Files.readString(file))
                .results()
                .map(found -> found.group(1))
                .filter(target -> Files.notExists(file.resolveSibling(target)))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!dead.isEmpty()) {
          broken.put(file.toString(), dead);
        }
      }
    }
    assertEquals(Map.of(), broken);
  }
}
