package dev.selvedge.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("journal");
  }

  @Test
  void theNewestCopyOfEachKeyIsReadAgain() throws IOException {
    try (Journal journal = Journal.open(directory)) {
      journal.append("a", copy(1, "one"));
      journal.append("ä", copy(5, "other"));
      journal.append("a", copy(2, "two"));
      assertArrayEquals(copy(2, "two"), journal.read("a"));
    }

    try (Journal journal = Journal.open(directory)) {
      assertEquals(List.of("a", "ä"), journal.keys());
      assertArrayEquals(copy(2, "two"), journal.read("a"));
      assertArrayEquals(copy(5, "other"), journal.read("ä"));
      assertNull(journal.read("b"));
    }
  }

  @Test
  void anOlderOrEqualCopyIsNotWritten() throws IOException {
    try (Journal journal = Journal.open(directory)) {
      assertTrue(journal.append("a", copy(2, "two")));
      long size = journal.size();

      assertFalse(journal.append("a", copy(1, "one")));
      assertFalse(journal.append("a", copy(2, "too")));

      assertEquals(size, journal.size());
    }
  }

  @Test
  void aRecordCutOffAnywhereLosesOnlyItself() throws IOException {
    long whole;
    try (Journal journal = Journal.open(directory)) {
      journal.append("a", copy(1, "one"));
      whole = journal.size();
      journal.append("b", copy(1, "two"));
    }
    byte[] bytes = Files.readAllBytes(file);

    for (int length = bytes.length - 1; length > whole; length--) {
      Files.write(file, java.util.Arrays.copyOf(bytes, length));
      try (Journal journal = Journal.open(directory)) {
        assertEquals(List.of("a"), journal.keys());
        assertTrue(journal.append("b", copy(2, "again")));
      }
    }
    assertTrue(Files.exists(directory.resolve("journal.damaged")));
  }

  @Test
  void aRecordWithAFlippedBitIsNotBelieved() throws IOException {
    long whole;
    try (Journal journal = Journal.open(directory)) {
      journal.append("a", copy(1, "one"));
      whole = journal.size();
      journal.append("b", copy(1, "two"));
    }
    byte[] bytes = Files.readAllBytes(file);

    for (int at = (int) whole; at < bytes.length; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x10;
      Files.write(file, damaged);
      try (Journal journal = Journal.open(directory)) {
        assertEquals(List.of("a"), journal.keys(), "byte " + at);
      }
    }
  }

  @Test
  void aFileThatIsNoJournalIsRefusedAndLeftAlone() throws IOException {
    Files.writeString(file, "somebody else's file, longer than the mark");

    IOException refusal = assertThrows(IOException.class, () -> Journal.open(directory));

    assertTrue(refusal.getMessage().contains("no store journal"), refusal.getMessage());
    assertTrue(Files.readString(file).startsWith("somebody"));
  }

  @Test
  void compactionKeepsWhatIsNeededAndNothingElse() throws IOException {
    try (Journal journal = Journal.open(directory)) {
      for (int n = 1; n <= 100; n++) {
        journal.append("often", copy(n, "value " + n));
      }
      journal.append("removed long ago", new Copy(1, 0, Copy.NEVER, 1_000, null).toBytes());
      journal.append("removed just now", new Copy(1, 0, Copy.NEVER, 9_000, null).toBytes());

      journal.compact(5_000);

      assertEquals(List.of("often", "removed just now"), journal.keys());
      assertArrayEquals(copy(100, "value 100"), journal.read("often"));
      journal.append("after", copy(1, "x"));
    }

    try (Journal journal = Journal.open(directory)) {
      assertEquals(List.of("often", "removed just now", "after"), journal.keys());
      assertArrayEquals(copy(100, "value 100"), journal.read("often"));
    }
    assertTrue(Files.size(file) < 400, "bytes: " + Files.size(file));
  }

  @Test
  void aCompactionThatWasCutShortChangesNothing() throws IOException {
    try (Journal journal = Journal.open(directory)) {
      journal.append("a", copy(1, "one"));
    }
    Files.writeString(directory.resolve("journal.new"), "half", StandardOpenOption.CREATE);

    try (Journal journal = Journal.open(directory)) {
      assertEquals(List.of("a"), journal.keys());
      journal.compact(0);
      assertEquals(List.of("a"), journal.keys());
    }
  }

  @Test
  void compactionIsWantedWhenMostIsOutdated() throws IOException {
    byte[] big = copy(1, "x".repeat(600_000));
    try (Journal journal = Journal.open(directory)) {
      for (int n = 0; n < 8; n++) {
        journal.append("key-" + n, big);
      }
      assertFalse(journal.wantsCompaction());
      for (int n = 2; n < 12; n++) {
        journal.append("key-0", copy(n, "x".repeat(600_000)));
      }
      assertTrue(journal.wantsCompaction());

      journal.compact(0);

      assertFalse(journal.wantsCompaction());
    }
  }

  @Test
  void onlyOneMayHaveTheDirectory() throws IOException {
    try (Journal mine = Journal.open(directory)) {
      mine.append("a", copy(1, "one"));

      assertThrows(IOException.class, () -> Journal.open(directory));
      mine.compact(0);
      assertThrows(IOException.class, () -> Journal.open(directory));
    }
    Journal.open(directory).close();
  }

  private static byte[] copy(long revision, String value) {
    byte[] bytes = ('"' + value + '"').getBytes(StandardCharsets.UTF_8);
    return new Copy(revision, 7, Copy.NEVER, Copy.NEVER, bytes).toBytes();
  }
}
