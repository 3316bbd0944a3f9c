package dev.selvedge.deploy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Makes a jar of a function from source text. */
final class TestJars {
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  /** A function {@code t.Main} with a body, and a manifest with that name. */
  static TestJars function(String name, String body) {
    return new TestJars().main("extends dev.selvedge.function.EdgeFunction", body).named(name, "");
  }

  /** A body whose start completes once {@link #open} was called with the gate's name. */
  static String startsBehind(String gate) {
    return "@Override public Future<?> start() { Promise<Object> p = Promise.promise();"
        + " vertx.setPeriodic(5, t -> { if (Boolean.getBoolean(\""
        + gate
        + "\")) p.tryComplete(null); }); return p.future(); }";
  }

  static void open(String gate) {
    System.setProperty(gate, "true");
  }

  static TestJars empty() {
    return new TestJars();
  }

  TestJars main(String inherits, String body) {
    return source(
        "t.Main",
        "package t; import io.vertx.core.*; import io.vertx.core.json.*;"
            + " import dev.selvedge.function.*; public class Main "
            + inherits
            + " { "
            + body
            + " }");
  }

  TestJars named(String name, String more) {
    return manifest("name: " + name + "\nmain: t.Main\n" + more);
  }

  TestJars source(String className, String text) {
    sources.put(className, text);
    return this;
  }

  TestJars manifest(String text) {
    return file(ManifestFormat.PATH, text);
  }

  TestJars file(String path, String text) {
    files.put(path, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  TestJars file(String path, byte[] bytes) {
    files.put(path, bytes);
    return this;
  }

  Path in(Path directory) throws IOException {
    return writeTo(Files.createTempFile(directory, "function", ".jar"));
  }

  Path writeTo(Path jar) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>(files);
    compile().forEach((name, bytes) -> entries.put(name.replace('.', '/') + ".class", bytes));
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return jar;
  }

  private Map<String, byte[]> compile() {
    Map<String, byte[]> classes = new LinkedHashMap<>();
    if (sources.isEmpty()) {
      return classes;
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<JavaFileObject> units = new ArrayList<>();
    sources.forEach((name, text) -> units.add(new Source(name, text)));
    List<String> options =
        List.of("--release", "17", "-proc:none", "-cp", System.getProperty("java.class.path"));
    List<String> problems = new ArrayList<>();
    boolean compiled =
        compiler
            .getTask(
                null,
                new Classes(compiler.getStandardFileManager(null, null, null), classes),
                problem -> problems.add(problem.getMessage(Locale.ROOT)),
                options,
                null,
                units)
            .call();
    if (!compiled) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    return classes;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String className, String text) {
      super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, byte[]> classes;

    Classes(JavaFileManager manager, Map<String, byte[]> classes) {
      super(manager);
      this.classes = classes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      URI uri = URI.create("mem:///" + className.replace('.', '/') + ".class");
      return new SimpleJavaFileObject(uri, kind) {
        @Override
        public OutputStream openOutputStream() {
          return new ByteArrayOutputStream() {
            @Override
            public void close() {
              classes.put(className, toByteArray());
            }
          };
        }
      };
    }
  }
}
