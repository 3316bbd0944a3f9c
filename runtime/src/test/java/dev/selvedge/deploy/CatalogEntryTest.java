package dev.selvedge.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.deploy.DeployException.Reason;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogEntryTest {
  private static FunctionVersion artifact(int content) {
    Manifest manifest =
        ManifestFormat.read(ManifestFormat.load("name: chat\nmain: a.B", Overrides.NONE));
    return new FunctionVersion(
        0,
        String.format("%064x", content),
        100,
        Instant.parse("2026-01-02T03:04:05Z"),
        false,
        Optional.of(manifest));
  }

  private static CatalogEntry served(CatalogEntry entry, int content) {
    CatalogEntry proposed = entry.propose(artifact(content), "node0001");
    return proposed.promote(proposed.candidate().orElseThrow().attempt());
  }

  private static CatalogEntry served(int versions) {
    CatalogEntry entry = CatalogEntry.none("chat");
    for (int i = 1; i <= versions; i++) {
      entry = served(entry, i);
    }
    return entry;
  }

  @Test
  void aCandidateRunsBesideTheServingVersionUntilItTakesItsPlace() {
    CatalogEntry proposed = served(1).propose(artifact(2), "node0001");

    assertEquals(Set.of(1, 2), proposed.desired());
    assertEquals(1, proposed.current());
    CatalogEntry promoted = proposed.promote(2);
    assertEquals(Set.of(2), promoted.desired());
    assertFalse(promoted.deleted());
  }

  @Test
  void theNumberOfAVersionThatNeverServedIsNotUsedAgain() {
    CatalogEntry withdrawn = served(1).propose(artifact(2), "node0001").withdraw(2);

    assertTrue(withdrawn.version(2).isEmpty());
    assertEquals(3, served(withdrawn, 3).current());
  }

  @Test
  void aWithdrawnRollbackKeepsTheOldVersion() {
    CatalogEntry withdrawn = served(2).proposeOlder(0, "node0001").withdraw(3);

    assertTrue(withdrawn.version(1).orElseThrow().kept());
    assertEquals(2, withdrawn.current());
  }

  @Test
  void onlyTheRolloutThatProposedACandidateMayPromoteOrWithdrawIt() {
    CatalogEntry proposed = served(1).propose(artifact(2), "node0001");

    assertEquals(Reason.CONFLICT, reason(() -> proposed.promote(1)));
    assertEquals(proposed, proposed.withdraw(1));
    assertEquals(Reason.CONFLICT, reason(() -> proposed.withdraw(2).promote(2)));
    assertEquals(Reason.CONFLICT, reason(() -> proposed.propose(artifact(3), "node0002")));
    assertEquals(Reason.CONFLICT, reason(() -> proposed.delete().promote(2)));
  }

  private static Reason reason(org.junit.jupiter.api.function.Executable change) {
    return assertThrows(DeployException.class, change).reason();
  }

  @Test
  void theLastTenArtifactsAreKeptAndAllVersionsRemembered() {
    CatalogEntry entry = served(25);

    assertEquals(25, entry.versions().size());
    assertEquals(10, entry.keptArtifacts().size());
    assertTrue(entry.version(16).orElseThrow().kept());
    assertFalse(entry.version(15).orElseThrow().kept());
    assertEquals(Reason.NO_SUCH_VERSION, reason(() -> entry.proposeOlder(15, "node0001")));
    assertEquals(100, served(120).versions().size());
  }

  @Test
  void rollingBackGoesToTheVersionBeforeThePresentOne() {
    CatalogEntry back = served(5).proposeOlder(0, "node0001").promote(6);
    assertEquals(4, back.current());

    CatalogEntry further = back.proposeOlder(0, "node0001").promote(7);
    assertEquals(3, further.current());

    assertEquals(6, served(further, 9).current());
  }

  @Test
  void anUndeployedFunctionKeepsItsNumbersAndNoArtifact() {
    CatalogEntry gone = served(2).delete();

    assertEquals(Set.of(), gone.desired());
    assertEquals(Set.of(), gone.keptArtifacts());
    assertEquals(Set.of(), gone.routes());
    assertEquals(Reason.NO_SUCH_FUNCTION, reason(() -> gone.delete()));
    assertEquals(Reason.NO_SUCH_FUNCTION, reason(() -> gone.proposeOlder(1, "node0001")));
    assertEquals(3, served(gone, 3).current());
  }

  @Test
  void theRegisterReadsBackWhatItWrote() {
    for (CatalogEntry entry :
        List.of(
            served(12),
            served(2).propose(artifact(3), "node0001"),
            served(2).proposeOlder(1, "node0001"),
            served(1).delete())) {
      String text = entry.toJson().encode();
      assertEquals(entry, CatalogEntry.of("chat", new JsonObject(text)));
    }
  }
}
