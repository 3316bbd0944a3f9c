package dev.selvedge.testing;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.yaml.snakeyaml.Yaml;

/**
 * Makes a jar of a function out of a class of the tests: that class, the classes nested in it, and
 * a manifest. Two jars with different settings are two versions.
 */
public final class FunctionJar {
  private static final String MANIFEST = "META-INF/function.yaml";

  private final JsonObject manifest = new JsonObject();
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  private FunctionJar() {}

  /** A function of that name; {@code main} must be a top-level class. */
  public static FunctionJar of(String name, Class<?> main) {
    FunctionJar jar = new FunctionJar();
    jar.manifest.put("name", name).put("main", main.getName());
    jar.addClasses(main);
    return jar;
  }

  /** What is in the jar of a function, with the keys of its manifest to be changed. */
  public static FunctionJar from(Path file) throws IOException {
    FunctionJar made = new FunctionJar();
    try (JarFile jar = new JarFile(file.toFile())) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        byte[] content = jar.getInputStream(entry).readAllBytes();
        if (entry.getName().equals(MANIFEST)) {
          Map<String, Object> keys = new Yaml().load(new String(content, StandardCharsets.UTF_8));
          made.manifest.mergeIn(new JsonObject(keys));
        } else if (!entry.isDirectory()) {
          made.files.put(entry.getName(), content);
        }
      }
    }
    return made;
  }

  /** Sets a key of the manifest. */
  public FunctionJar with(String key, Object value) {
    manifest.put(key, value);
    return this;
  }

  /** Sets a key of the manifest's {@code config}, which the function reads as a setting. */
  public FunctionJar setting(String key, Object value) {
    if (!manifest.containsKey("config")) {
      manifest.put("config", new JsonObject());
    }
    manifest.getJsonObject("config").put(key, value);
    return this;
  }

  /** Adds any other file. */
  public FunctionJar file(String path, byte[] content) {
    files.put(path, content);
    return this;
  }

  /** Adds another top-level class and the classes nested in it. */
  public FunctionJar addClasses(Class<?> top) {
    Path source = directoryOf(top);
    String prefix = top.getSimpleName();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(source, prefix + "{.class,$*.class}")) {
      for (Path file : found) {
        String folder = top.getPackageName().replace('.', '/');
        files.put(folder + "/" + file.getFileName(), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  private static Path directoryOf(Class<?> top) {
    try {
      return Path.of(top.getProtectionDomain().getCodeSource().getLocation().toURI())
          .resolve(top.getPackageName().replace('.', '/'));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Writes the jar; returns the file. A JSON manifest is a YAML one too. */
  public Path writeTo(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out)) {
      add(jar, MANIFEST, manifest.toBuffer().getBytes());
      for (Map.Entry<String, byte[]> each : files.entrySet()) {
        add(jar, each.getKey(), each.getValue());
      }
    }
    return file;
  }

  private static void add(JarOutputStream jar, String path, byte[] content) throws IOException {
    JarEntry entry = new JarEntry(path);
    entry.setTime(0);
    jar.putNextEntry(entry);
    jar.write(content);
    jar.closeEntry();
  }

  /** The bytes of a resource beside a class, for {@link #file}. */
  public static byte[] resource(Class<?> beside, String name) throws IOException {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name + " beside " + beside.getName());
      }
      return in.readAllBytes();
    }
  }
}
