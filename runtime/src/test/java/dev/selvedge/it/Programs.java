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

  /** As {@link #require}, for a module of Python. */
  static void requirePython(Path python, String module, String debianPackage) throws Exception {
    Process importing =
        new ProcessBuilder(python.toString(), "-c", "import " + module)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    boolean there = importing.waitFor() == 0;
    require(debianPackage, there ? Optional.of(python) : Optional.empty());
  }
}
