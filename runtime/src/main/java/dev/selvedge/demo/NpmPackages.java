package dev.selvedge.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The packages that a demonstration's lock file names, in its directory. Blocks. */
record NpmPackages(Path npm, WorkFiles files) {
  private static final String LOCK = "package-lock.json";
  private static final int INSTALL_MINUTES = 5;

  /**
   * Fetches them, once for each version of this program's lock file.
   *
   * @throws IOException if npm cannot; names its log
   */
  void fetch() throws IOException, InterruptedException {
    if (files.isCurrent(LOCK) && Files.isDirectory(files.directory().resolve("node_modules"))) {
      return;
    }
    files.copy("package.json");
    Files.deleteIfExists(files.directory().resolve(LOCK));
    Path lock = files.copy(LOCK);
    Path log = files.directory().resolve("npm.log");
    Process install =
        new ProcessBuilder(npm.toString(), "ci", "--no-audit", "--no-fund")
            .directory(files.directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = install.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES);
    if (!ended || install.exitValue() != 0) {
      install.destroyForcibly();
      Files.deleteIfExists(lock);
      throw new IOException("npm could not fetch the packages of the demo; its log is " + log);
    }
  }
}
