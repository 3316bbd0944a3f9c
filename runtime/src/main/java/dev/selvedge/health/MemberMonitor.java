package dev.selvedge.health;

import dev.selvedge.router.Member;
import dev.selvedge.router.Pool;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.router.PoolSpec.Check;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checks of one member. On one event loop, unless a method says otherwise. */
final class MemberMonitor {
  private static final Logger LOG = LoggerFactory.getLogger(MemberMonitor.class);
  private static final double JITTER = 0.1;

  private final Vertx vertx;
  private final Probes probes;
  private final Pool pool;
  private final Member member;
  private final AtomicInteger clientFailures = new AtomicInteger();
  private final AgentState agent;
  private boolean up;
  private boolean agentUp = true;
  private int good;
  private int bad;
  private long timer = -1;
  private boolean stopped;

  MemberMonitor(Vertx vertx, Probes probes, Pool pool, Member member) {
    this.vertx = vertx;
    this.probes = probes;
    this.pool = pool;
    this.member = member;
    this.agent = new AgentState(member);
    this.up = member.isHealthy();
  }

  private PoolSpec.Health settings() {
    return pool.spec().health();
  }

  void start() {
    schedule(ThreadLocalRandom.current().nextDouble());
  }

  void stop() {
    stopped = true;
    vertx.cancelTimer(timer);
  }

  /**
   * @param share of the interval
   */
  private void schedule(double share) {
    if (!stopped) {
      long millis = Math.round(settings().interval().toMillis() * share);
      timer = vertx.setTimer(Math.max(1, millis), due -> check());
    }
  }

  private void check() {
    PoolSpec spec = pool.spec();
    Future<Void> agentAsked = askAgent(spec);
    Future<Void> probed = probe(spec);
    Future.join(agentAsked, probed)
        .onComplete(
            done -> schedule(1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1)));
  }

  /** Never fails. */
  private Future<Void> probe(PoolSpec spec) {
    Check check = spec.health().check();
    if (check == Check.PASSIVE && up) {
      return Future.succeededFuture();
    }
    Duration limit = spec.health().timeout();
    return probes
        .probe(spec, member.spec())
        .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(well -> passed())
        .onFailure(failure -> failed(reason(failure, limit)))
        .otherwiseEmpty();
  }

  private static String reason(Throwable failure, Duration limit) {
    if (failure instanceof TimeoutException) {
      return "no answer within " + limit.toMillis() + " ms";
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private void passed() {
    bad = 0;
    good++;
    if (!up && good >= settings().rise()) {
      up = true;
      clientFailures.set(0);
      tell("its checks are good again");
    }
  }

  private void failed(String why) {
    good = 0;
    bad++;
    if (up && bad >= settings().fall()) {
      up = false;
      tell(why);
    }
  }

  // ---- what clients meet

  /** Any thread. */
  void clientConnected() {
    if (clientFailures.get() != 0) {
      clientFailures.set(0);
    }
  }

  /** Any thread; true if that was one too many. */
  boolean clientFailed() {
    return clientFailures.incrementAndGet() >= settings().fall();
  }

  void clientsFail() {
    if (up && !stopped) {
      up = false;
      good = 0;
      tell(clientFailures.get() + " connects of clients in a row failed");
    }
  }

  // ---- the agent

  /** Never fails; an agent that does not answer changes nothing. */
  private Future<Void> askAgent(PoolSpec spec) {
    if (spec.health().agentPort() == 0) {
      agent.forget();
      agentSays(true, "");
      return Future.succeededFuture();
    }
    return probes
        .agent(member.spec().host(), spec.health().agentPort(), spec.health().timeout())
        .onSuccess(
            line -> {
              AgentWords words = AgentWords.parse(line);
              agent.follow(words);
              words.up().ifPresent(wanted -> agentSays(wanted, words.reason()));
            })
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private void agentSays(boolean wanted, String why) {
    if (agentUp != wanted) {
      agentUp = wanted;
      tell(wanted ? "its agent says so" : why.isEmpty() ? "its agent says so" : "agent: " + why);
    }
  }

  // ---- what comes out

  private void tell(String why) {
    if (stopped) {
      return;
    }
    boolean well = up && agentUp;
    boolean was = member.isHealthy();
    member.health(well, why);
    if (well == was) {
      return;
    }
    if (well) {
      LOG.info("member up pool={} member={} reason={}", pool.name(), member.address(), why);
    } else {
      LOG.warn("member down pool={} member={} reason={}", pool.name(), member.address(), why);
    }
  }
}
