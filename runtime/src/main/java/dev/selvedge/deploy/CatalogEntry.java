package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The desired state of one function: the document of its register. Immutable; each change is a
 * method that returns the changed entry or refuses.
 *
 * @param versions oldest first; the last 100
 * @param current the version that serves; 0 for none
 * @param allotted the highest version number given away so far
 * @param attempts the number of rollouts so far
 * @param deleted whether the function was undeployed: the entry stays as a tombstone
 */
record CatalogEntry(
    String name,
    List<FunctionVersion> versions,
    int current,
    Optional<Candidate> candidate,
    int allotted,
    int attempts,
    boolean deleted) {
  /** How many versions keep their artifact, for rollbacks. */
  static final int KEPT_ARTIFACTS = 10;

  private static final int KEPT_VERSIONS = 100;

  CatalogEntry {
    versions = List.copyOf(versions);
  }

  static CatalogEntry none(String name) {
    return new CatalogEntry(name, List.of(), 0, Optional.empty(), 0, 0, true);
  }

  Optional<FunctionVersion> version(int number) {
    return versions.stream().filter(version -> version.number() == number).findFirst();
  }

  Optional<FunctionVersion> currentVersion() {
    return version(current);
  }

  /** The versions that should run: the current one and the candidate. */
  Set<Integer> desired() {
    Set<Integer> desired = new TreeSet<>();
    if (current > 0) {
      desired.add(current);
    }
    candidate.ifPresent(one -> desired.add(one.version()));
    return desired;
  }

  /** The hashes of the artifacts that must stay on the nodes' disks. */
  Set<String> keptArtifacts() {
    Set<String> kept = new HashSet<>();
    versions.stream().filter(FunctionVersion::kept).forEach(version -> kept.add(version.sha256()));
    return kept;
  }

  /** The routes of the version that serves and of the one that is about to. */
  Set<String> routes() {
    Set<String> routes = new TreeSet<>();
    for (int number : desired()) {
      version(number)
          .flatMap(FunctionVersion::manifest)
          .ifPresent(manifest -> routes.addAll(manifest.routes()));
    }
    return routes;
  }

  /** A new version becomes the candidate, under the next number. */
  CatalogEntry propose(FunctionVersion unnumbered, String coordinator) {
    requireNoCandidate();
    int number = allotted + 1;
    FunctionVersion version =
        new FunctionVersion(
            number,
            unnumbered.sha256(),
            unnumbered.size(),
            unnumbered.deployedAt(),
            unnumbered.plain(),
            unnumbered.manifest());
    List<FunctionVersion> more = new ArrayList<>(versions);
    more.add(version);
    return withCandidate(more, new Candidate(number, attempts + 1, coordinator, true), number);
  }

  /** An older version becomes the candidate; 0 for the latest one before the current. */
  CatalogEntry proposeOlder(int number, String coordinator) {
    if (deleted) {
      throw new DeployException(Reason.NO_SUCH_FUNCTION, "no function " + name + " is deployed");
    }
    requireNoCandidate();
    FunctionVersion older = number == 0 ? previous() : existing(number);
    if (older.number() == current) {
      throw new DeployException(
          Reason.CONFLICT, name + ": version " + number + " is serving already");
    }
    Candidate next = new Candidate(older.number(), attempts + 1, coordinator, false);
    return withCandidate(versions, next, allotted);
  }

  private CatalogEntry withCandidate(List<FunctionVersion> all, Candidate next, int highest) {
    return new CatalogEntry(
        name, all, current, Optional.of(next), highest, next.attempt(), deleted);
  }

  private void requireNoCandidate() {
    candidate.ifPresent(
        one -> {
          throw new DeployException(
              Reason.CONFLICT,
              name
                  + ": version "
                  + one.version()
                  + " is being rolled out by node "
                  + one.coordinator()
                  + " (expected: no other deploy of this function under way)");
        });
  }

  private FunctionVersion previous() {
    return versions.stream()
        .filter(version -> version.kept() && version.number() < current)
        .max(Comparator.comparingInt(FunctionVersion::number))
        .orElseThrow(
            () ->
                new DeployException(
                    Reason.NO_SUCH_VERSION, name + ": no version before " + current + " is kept"));
  }

  private FunctionVersion existing(int number) {
    return version(number)
        .filter(FunctionVersion::kept)
        .orElseThrow(
            () ->
                new DeployException(
                    Reason.NO_SUCH_VERSION,
                    name + ": version " + number + " (expected: one of " + keptNumbers() + ")"));
  }

  private String keptNumbers() {
    return String.join(
        ", ",
        versions.stream()
            .filter(FunctionVersion::kept)
            .map(version -> String.valueOf(version.number()))
            .toList());
  }

  /** The candidate serves from now on. Refuses if it is not the one of {@code attempt} any more. */
  CatalogEntry promote(int attempt) {
    if (candidate.isEmpty() || candidate.get().attempt() != attempt) {
      throw new DeployException(
          Reason.CONFLICT, name + ": the rollout was given up or undone by another node");
    }
    int next = candidate.get().version();
    return new CatalogEntry(name, trimmed(next), next, Optional.empty(), allotted, attempts, false);
  }

  /** Keeps the artifacts of the highest numbers and of {@code serving}. */
  private List<FunctionVersion> trimmed(int serving) {
    List<FunctionVersion> kept = new ArrayList<>();
    for (int i = Math.max(0, versions.size() - KEPT_VERSIONS); i < versions.size(); i++) {
      FunctionVersion version = versions.get(i);
      boolean keeps = i >= versions.size() - KEPT_ARTIFACTS || version.number() == serving;
      kept.add(keeps ? version : version.withoutArtifact());
    }
    return kept;
  }

  /** The candidate is given up; nothing changes if it is not the one of {@code attempt}. */
  CatalogEntry withdraw(int attempt) {
    if (candidate.isEmpty() || candidate.get().attempt() != attempt) {
      return this;
    }
    Candidate given = candidate.get();
    List<FunctionVersion> rest =
        versions.stream().filter(v -> !given.fresh() || v.number() != given.version()).toList();
    return new CatalogEntry(name, rest, current, Optional.empty(), allotted, attempts, deleted);
  }

  /** Undeployed: nothing runs, no artifact is kept, the numbers stay taken. */
  CatalogEntry delete() {
    if (deleted) {
      throw new DeployException(Reason.NO_SUCH_FUNCTION, "no function " + name + " is deployed");
    }
    List<FunctionVersion> past = versions.stream().map(FunctionVersion::withoutArtifact).toList();
    return new CatalogEntry(name, past, 0, Optional.empty(), allotted, attempts, true);
  }

  JsonObject toJson() {
    JsonArray all = new JsonArray();
    versions.forEach(version -> all.add(version.toJson()));
    JsonObject json =
        new JsonObject()
            .put("versions", all)
            .put("current", current)
            .put("allotted", allotted)
            .put("attempts", attempts)
            .put("deleted", deleted);
    candidate.ifPresent(one -> json.put("candidate", one.toJson()));
    return json;
  }

  static CatalogEntry of(String name, JsonObject json) {
    List<FunctionVersion> versions = new ArrayList<>();
    json.getJsonArray("versions", new JsonArray())
        .forEach(version -> versions.add(FunctionVersion.of((JsonObject) version)));
    return new CatalogEntry(
        name,
        versions,
        json.getInteger("current", 0),
        Optional.ofNullable(json.getJsonObject("candidate")).map(Candidate::of),
        json.getInteger("allotted", 0),
        json.getInteger("attempts", 0),
        json.getBoolean("deleted", false));
  }
}
