package dev.selvedge.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;

/**
 * The files of a new function project. The function API is on no public repository, so that the
 * project brings it along: a small Maven repository in its {@code lib}.
 */
final class ProjectTemplate {
  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z.-]+)}}");
  private static final String API = "selvedge-function-api";

  /** Opens a file of the template; null if there is none. */
  interface Source {
    @Nullable InputStream open(String name);
  }

  private final Source source;

  ProjectTemplate(Source source) {
    this.source = source;
  }

  /** The one that is packed into this jar. */
  static ProjectTemplate ofJar() {
    return new ProjectTemplate(
        name -> ProjectTemplate.class.getResourceAsStream("project/" + name));
  }

  void write(String name, Path directory) throws IOException {
    byte[] api = read(API + ".jar");
    Map<String, String> words = words(name);
    String type = words.getOrDefault("class", "");
    String folder = words.getOrDefault("package", "").replace('.', '/');
    String version = words.getOrDefault("version", "");

    put(directory, "pom.xml", filled("pom.xml", words));
    put(directory, "README.md", filled("README.md", words));
    put(directory, ".gitignore", filled("gitignore", words));
    put(directory, "src/main/resources/META-INF/function.yaml", filled("function.yaml", words));
    put(
        directory,
        "src/main/java/" + folder + "/" + type + ".java",
        filled("Function.java.txt", words));
    put(
        directory,
        "src/test/java/" + folder + "/" + type + "Test.java",
        filled("FunctionTest.java.txt", words));
    String artifact = "lib/dev/selvedge/" + API + "/" + version + "/" + API + "-" + version;
    put(directory, artifact + ".pom", filled("api-pom.xml", words));
    put(directory, artifact + ".jar", api);
  }

  private Map<String, String> words(String name) throws IOException {
    Map<String, String> words = new HashMap<>();
    Properties versions = new Properties();
    versions.load(new java.io.StringReader(text("versions.properties")));
    versions.stringPropertyNames().forEach(key -> words.put(key, versions.getProperty(key)));
    words.put("name", name);
    words.put("class", className(name));
    words.put("package", packageName(name));
    return words;
  }

  /** {@code deli-counter} becomes {@code DeliCounter}. */
  static String className(String name) {
    return Stream.of(name.split("-"))
        .filter(part -> !part.isEmpty())
        .map(part -> Character.toUpperCase(part.charAt(0)) + part.substring(1))
        .collect(Collectors.joining());
  }

  /** {@code deli-counter} becomes {@code delicounter}. */
  static String packageName(String name) {
    String word = name.replace("-", "");
    return SourceVersion.isKeyword(word) ? word + "function" : word;
  }

  private byte[] filled(String file, Map<String, String> words) throws IOException {
    Matcher places = PLACE.matcher(text(file));
    return places
        .replaceAll(
            place -> {
              String word = words.get(place.group(1));
              if (word == null) {
                throw new IllegalStateException(file + ": " + place.group());
              }
              return Matcher.quoteReplacement(word);
            })
        .getBytes(StandardCharsets.UTF_8);
  }

  private String text(String file) throws IOException {
    return new String(read(file), StandardCharsets.UTF_8);
  }

  private byte[] read(String file) throws IOException {
    try (InputStream in = source.open(file)) {
      if (in == null) {
        throw new CommandException(
            ExitCode.FAILED,
            "not-packaged",
            file + " is not in this jar: build it with mvn package");
      }
      return in.readAllBytes();
    }
  }

  private static void put(Path directory, String file, byte[] content) throws IOException {
    Path path = directory.resolve(file);
    Path parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.write(path, content);
  }
}
