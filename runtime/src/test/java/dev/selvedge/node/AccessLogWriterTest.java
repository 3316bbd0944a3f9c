package dev.selvedge.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.AccessLogConfig;
import dev.selvedge.relay.AccessLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogWriterTest {
  @TempDir Path directory;

  @Test
  void linesAreAddedToTheFile() throws Exception {
    Path file = directory.resolve("access.log");
    Files.writeString(file, "before\n");
    AccessLog.Entry entry =
        new AccessLog.Entry(
            "chat",
            "pool",
            "192.0.2.7",
            "GET",
            "/x",
            "",
            "none",
            503,
            1_250_000,
            3,
            4,
            "no-server");

    try (AccessLogWriter writer =
        AccessLogWriter.open(new AccessLogConfig(true, Optional.of(file)))) {
      writer.ended(entry);
    }

    List<String> lines = Files.readAllLines(file);
    assertEquals(2, lines.size());
    String said = lines.get(1).substring(lines.get(1).indexOf(' ') + 1);
    assertEquals(AccessLogWriter.text(entry), said);
    assertTrue(said.startsWith("route=chat pool=pool member=- sticky=none client=192.0.2.7"), said);
    assertTrue(said.endsWith("status=503 ms=1.3 in=3 out=4 reason=no-server"), said);
  }

  @Test
  void withoutTheSettingThereIsNone() {
    assertNull(AccessLogWriter.open(AccessLogConfig.NONE));
  }
}
