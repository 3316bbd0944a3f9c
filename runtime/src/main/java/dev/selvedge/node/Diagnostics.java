package dev.selvedge.node;

import dev.selvedge.admin.LeakInfo;
import dev.selvedge.admin.StallInfo;
import dev.selvedge.deploy.Deployments;
import dev.selvedge.deploy.LeakedLoader;
import dev.selvedge.deploy.Stall;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Gathering;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.util.Comparator;
import java.util.List;

/** What functions do that they should not: block event loops, hold on to their class loaders. */
final class Diagnostics {
  private static final String STALLS = "stalls";
  private static final String LEAKS = "leaks";

  private final Fabric fabric;
  private final Deployments deployments;

  Diagnostics(Fabric fabric, Deployments deployments) {
    this.fabric = fabric;
    this.deployments = deployments;
    fabric.serve(STALLS, nothing -> Future.succeededFuture(localStalls().toBuffer()));
    fabric.serve(LEAKS, nothing -> Future.succeededFuture(localLeaks().toBuffer()));
  }

  Future<List<StallInfo>> stalls() {
    return Gathering.ask(fabric, STALLS)
        .map(
            found ->
                found.stream()
                    .map(StallInfo::fromJson)
                    .sorted(Comparator.comparing(StallInfo::at).reversed())
                    .toList());
  }

  Future<List<LeakInfo>> leaks() {
    return Gathering.ask(fabric, LEAKS)
        .map(found -> found.stream().map(LeakInfo::fromJson).toList());
  }

  private JsonArray localStalls() {
    JsonArray found = new JsonArray();
    deployments.stalls().forEach(stall -> found.add(info(stall).toJson()));
    return found;
  }

  private StallInfo info(Stall stall) {
    return new StallInfo(
        self(), stall.function(), stall.version(), stall.since(), stall.millis(), stall.where());
  }

  private JsonArray localLeaks() {
    JsonArray found = new JsonArray();
    deployments.leakedLoaders().forEach(leak -> found.add(info(leak).toJson()));
    return found;
  }

  private LeakInfo info(LeakedLoader leak) {
    return new LeakInfo(self(), leak.function(), leak.version(), leak.stoppedAt(), leak.suspects());
  }

  private String self() {
    return fabric.membership().self().value();
  }
}
