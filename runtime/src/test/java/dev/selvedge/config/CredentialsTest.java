package dev.selvedge.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  @TempDir Path directory;

  private NodeConfig config(Map<String, String> flags) {
    return new ConfigLoader(ConfigLoader.Mode.START, directory, directory, Map.of())
        .load(Optional.empty(), flags)
        .node();
  }

  @Test
  void theFirstStartMakesThemAndTheNextFindsThem() throws IOException {
    NodeConfig config = config(Map.of());

    Credentials made = Credentials.open(config);

    assertEquals(made, Credentials.open(config));
    assertEquals(Optional.of(made.token()), Credentials.readToken(config.data()));
    assertTrue(made.token().length() >= 43, "256 bits");
    assertNotEquals(made.token(), made.secret());
  }

  @Test
  void onlyTheOwnerCanReadThem() throws IOException {
    NodeConfig config = config(Map.of());

    Credentials.open(config);

    for (String file : List.of("token", "secret")) {
      assertEquals(
          PosixFilePermissions.fromString("rw-------"),
          Files.getPosixFilePermissions(config.data().resolve(file)));
    }
    try (Stream<Path> files = Files.list(config.data())) {
      assertEquals(2, files.count(), "no drafts stay behind");
    }
  }

  @Test
  void thoseGivenFromOutsideReplaceThoseOnDisk() throws IOException {
    Credentials before = Credentials.open(config(Map.of()));

    Credentials after = Credentials.open(config(Map.of("admin.token", "given")));

    assertEquals("given", after.token());
    assertEquals(before.secret(), after.secret());
    assertEquals(Optional.of("given"), Credentials.readToken(config(Map.of()).data()));
  }

  @Test
  void nodesThatStartAtTheSameTimeGetTheSame() throws Exception {
    NodeConfig config = config(Map.of());
    var threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Credentials> open = () -> Credentials.open(config);

      List<Future<Credentials>> all = threads.invokeAll(java.util.Collections.nCopies(8, open));

      for (Future<Credentials> one : all) {
        assertEquals(all.get(0).get(), one.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theyAreNeverPrinted() {
    assertFalse(new Credentials("tok", "sec").toString().contains("tok"));
  }
}
