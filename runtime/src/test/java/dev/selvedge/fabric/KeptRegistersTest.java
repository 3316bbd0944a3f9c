package dev.selvedge.fabric;

import static dev.selvedge.fabric.Waiting.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.TestTransport;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptRegistersTest {
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2001-01-01T00:00:00Z"));

  private final Fabric fabric = TestTransport.fabric();
  private final Map<String, JsonObject> told = new ConcurrentHashMap<>();
  @TempDir Path directory;

  private final List<KeptRegisters> opened = new ArrayList<>();

  /** Nothing writes to the directory any more when this returns. */
  @AfterEach
  void close() throws Exception {
    for (KeptRegisters each : opened) {
      await(each.fresh());
      await(each.close());
    }
    await(fabric.close());
  }

  /** Documents with a number are readable. */
  private KeptRegisters registers(String name) {
    KeptRegisters registers =
        new KeptRegisters(fabric, name, directory, KeptRegistersTest::check, told::put);
    opened.add(registers);
    return registers;
  }

  private static void check(String key, JsonObject document) {
    if (document.getInteger("n") == null) {
      throw new IllegalArgumentException(key + ": no number");
    }
  }

  private static JsonObject number(int n) {
    return new JsonObject().put("n", n);
  }

  private Path file(String key) {
    return directory.resolve(key + ".json");
  }

  @Test
  void whatTheDiskHasIsToldAtTheStartAndNotWrittenAgain() throws Exception {
    RegisterDisk disk = new RegisterDisk(directory, KeptRegistersTest::check);
    disk.write("a", new Registers.Entry(3, number(1)));
    Files.setLastModifiedTime(file("a"), LONG_AGO);
    KeptRegisters registers = registers("x");

    await(registers.start());

    assertEquals(Map.of("a", number(1)), told);
    assertEquals(LONG_AGO, Files.getLastModifiedTime(file("a")));
    await(registers.update("a", present -> number(2)));
    assertEquals(new Registers.Entry(4, number(2)), disk.read().get("a"));
    assertEquals(number(2), told.get("a"));
  }

  @Test
  void anUnreadableFileIsIgnoredAndStaysWhereItIs() throws Exception {
    Files.writeString(file("no-json"), "{");
    Files.writeString(file("no-revision"), "{\"document\":{\"n\":1}}");
    Files.writeString(file("no-number"), "{\"revision\":1,\"document\":{}}");

    await(registers("x").start());

    assertEquals(Map.of(), told);
    assertEquals(Map.of(), await(fabric.registers("x").entries()));
    assertTrue(Files.exists(file("no-json")) && Files.exists(file("no-number")));
  }

  @Test
  void anUnreadableDocumentOfTheClusterIsIgnored() throws Exception {
    await(fabric.registers("x").compareAndSet("bad", 0, new JsonObject()));
    await(fabric.registers("x").compareAndSet("good", 0, number(7)));

    await(registers("x").start());

    assertEquals(Map.of("good", number(7)), told);
    assertFalse(Files.exists(file("bad")));
    assertTrue(Files.exists(file("good")));
  }

  @Test
  void freshTellsWhatStandsInTheCluster() throws Exception {
    KeptRegisters registers = registers("x");
    await(registers.start());
    await(fabric.registers("x").compareAndSet("a", 0, number(1)));

    await(registers.fresh());

    assertEquals(number(1), told.get("a"));
  }

  @Test
  void whoIsAlwaysOvertakenIsTold() throws Exception {
    KeptRegisters registers = registers("x");
    await(registers.start());
    Registers others = fabric.registers("x");

    FabricException failure =
        assertThrows(
            FabricException.class,
            () ->
                await(
                    registers.update(
                        "a",
                        present -> {
                          int n = present.map(document -> document.getInteger("n")).orElse(0);
                          // It stands before this returns: these registers are in memory.
                          others.compareAndSet("a", n, number(n + 1));
                          return number(-1);
                        })));

    assertEquals(FabricException.KEEPS_CHANGING, failure.code());
    assertTrue(await(others.get("a")).orElseThrow().revision() > 1);
  }
}
