package dev.selvedge.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An Apache httpd with a small site, on a port of its own, run by whoever runs the demo. */
final class Apache {
  /** Where distributions keep the modules. */
  private static final List<Path> MODULE_DIRECTORIES =
      List.of(
          Path.of("/usr/lib/apache2/modules"),
          Path.of("/usr/lib64/httpd/modules"),
          Path.of("/usr/lib/httpd/modules"),
          Path.of("/usr/libexec/apache2"));

  /**
   * Those that the site needs; what is compiled in has no file. Without {@code unixd} it runs as
   * whoever started it, root included.
   */
  private static final List<String> MODULES = List.of("mpm_event", "authz_core", "dir", "mime");

  private static final List<String> SITE =
      List.of("site/index.html", "site/page.js", "site/style.css", "site/about.txt", "mime.types");

  private Apache() {}

  static Child start(Path program, WorkFiles files) throws IOException {
    for (String file : SITE) {
      files.copy(file);
    }
    int port = Child.freePort();
    Path conf =
        files.fill(
            "httpd.conf",
            Map.of(
                "root", files.directory().toString(),
                "port", Integer.toString(port),
                "modules", loadModules()));
    return Child.start(
        "apache",
        files.directory(),
        port,
        List.of(program.toString(), "-D", "FOREGROUND", "-f", conf.toString()));
  }

  private static String loadModules() {
    return MODULES.stream()
        .flatMap(
            module ->
                MODULE_DIRECTORIES.stream()
                    .map(directory -> directory.resolve("mod_" + module + ".so"))
                    .filter(Files::exists)
                    .limit(1)
                    .map(file -> "LoadModule " + module + "_module \"" + file + "\""))
        .collect(Collectors.joining("\n"));
  }
}
