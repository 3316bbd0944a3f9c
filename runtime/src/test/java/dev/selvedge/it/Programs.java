package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.Optional;

/** Programs of the machine that a test needs. */
final class Programs {
  private Programs() {}

  /**
   * The program; without it the test is skipped, with a line that says what to install, or fails
   * where everything has to run ({@code SELVEDGE_TEST_ALL=true}).
   *
   * @param debianPackage what to install
   */
  static Path require(String debianPackage, Optional<Path> program) {
    if (program.isEmpty()) {
      String advice = debianPackage + " is missing: apt-get install " + debianPackage;
      if ("true".equals(System.getenv("SELVEDGE_TEST_ALL"))) {
        fail(advice);
      }
      System.out.println("skipped: " + advice);
      abort(advice);
    }
    return program.orElseThrow();
  }

  /**
   * A Python that has these modules, which the Debian packages {@code python3-<module>} give to the
   * system's own: it need not be the first on the path.
   */
  static Path requirePython(String... modules) throws Exception {
    String imports = "import " + String.join(", ", modules);
    Optional<Path> found = Optional.empty();
    for (Path python : NodePackages.programs("python3")) {
      if (found.isEmpty() && runs(python, imports)) {
        found = Optional.of(python);
      }
    }
    return require("python3-" + String.join(" python3-", modules), found);
  }

  private static boolean runs(Path python, String code) throws Exception {
    Process running =
        new ProcessBuilder(python.toString(), "-c", code)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return running.waitFor() == 0;
  }
}
