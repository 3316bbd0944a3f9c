package dev.selvedge.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.fabric.RegisterDisk;
import dev.selvedge.fabric.Registers;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {
  @TempDir Path data;

  private ArtifactStore store() {
    return new ArtifactStore(data.resolve("artifacts"));
  }

  private String keep(String content) throws Exception {
    Path part = Files.writeString(store().newPart(), content);
    String sha256 = ArtifactStore.hash(part);
    store().keep(part, sha256);
    assertFalse(Files.exists(part));
    return sha256;
  }

  @Test
  void anArtifactIsFoundByItsHash() throws Exception {
    String sha256 = keep("abc");

    assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", sha256);
    assertTrue(store().verify(sha256));
    assertEquals("abc", Files.readString(store().path(sha256)));
  }

  @Test
  void aPartWithAnotherHashIsNotKept() throws Exception {
    Path part = Files.writeString(store().newPart(), "abc");

    assertThrows(DeployException.class, () -> store().keep(part, "ab".repeat(32)));

    assertFalse(Files.exists(part));
    assertFalse(store().has("ab".repeat(32)));
  }

  @Test
  void aDamagedArtifactIsRemovedWhenItIsRead() throws Exception {
    String sha256 = keep("abc");
    Files.writeString(store().path(sha256), "abd");

    assertFalse(store().verify(sha256));
    assertFalse(store().has(sha256));
  }

  @Test
  void aHashThatIsNoneNeverBecomesAPath() {
    assertThrows(IllegalArgumentException.class, () -> store().path("../../etc/passwd"));
  }

  @Test
  void aSweepRemovesOldFilesThatNoCatalogOfTheMachineNeeds() throws Exception {
    String needed = keep("needed");
    String unneeded = keep("unneeded");
    Path part = store().newPart();
    FunctionVersion version =
        FunctionVersion.of(
            new JsonObject()
                .put("version", 1)
                .put("sha256", needed)
                .put("size", 6L)
                .put("deployedAt", "2026-01-02T03:04:05Z")
                .put("manifest", new JsonObject().put("name", "a").put("main", "a.B")));
    CatalogEntry entry = CatalogEntry.none("a").propose(version, "node0001").promote(1);
    CatalogDisk.in(data.resolve("node-5702/catalog"))
        .write("a", new Registers.Entry(1, entry.toJson()));

    assertEquals(Set.of(needed), CatalogDisk.neededArtifacts(data));
    store().sweep(CatalogDisk.neededArtifacts(data), Duration.ofHours(1));
    assertTrue(store().has(unneeded), "it is too young to be removed");
    store().sweep(CatalogDisk.neededArtifacts(data), Duration.ofHours(-1));

    assertTrue(store().has(needed));
    assertFalse(store().has(unneeded));
    assertFalse(Files.exists(part));
  }

  @Test
  void anUnreadableCatalogFileDoesNotHideTheOthers() throws Exception {
    RegisterDisk disk = CatalogDisk.in(data.resolve("catalog"));
    disk.write("good", new Registers.Entry(3, CatalogEntry.none("good").toJson()));
    Files.writeString(data.resolve("catalog/bad.json"), "{");
    disk.write("worse", new Registers.Entry(4, new JsonObject().put("versions", "none")));

    assertEquals(Set.of("good"), disk.read().keySet());
    assertEquals(3, disk.read().get("good").revision());
  }
}
