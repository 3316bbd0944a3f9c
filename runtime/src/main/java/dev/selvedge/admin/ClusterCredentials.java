package dev.selvedge.admin;

import dev.selvedge.config.Credentials;
import dev.selvedge.config.NodeConfig;
import dev.selvedge.fabric.Registers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the nodes of a cluster agree on their credentials: those of the first node are kept in the
 * register {@code cluster}, under {@code credentials}, and a node that joins takes them over, but
 * for those that it was given from outside.
 */
public final class ClusterCredentials {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterCredentials.class);
  private static final String KEY = "credentials";
  private static final String TOKEN = "token";
  private static final String SECRET = "secret";

  private final Vertx vertx;
  private final Registers registers;
  private final NodeConfig config;

  /**
   * @param registers {@code fabric.registers("cluster")}
   */
  public ClusterCredentials(Vertx vertx, Registers registers, NodeConfig config) {
    this.vertx = vertx;
    this.registers = registers;
    this.config = config;
  }

  /**
   * The cluster's credentials, which are in the data directory then; {@code own} if this node is
   * the first.
   *
   * @param own from {@link Credentials#open}
   */
  public Future<Credentials> adopt(Credentials own) {
    JsonObject document = new JsonObject().put(TOKEN, own.token()).put(SECRET, own.secret());
    return registers
        .compareAndSet(KEY, 0, document)
        .compose(first -> first ? Future.succeededFuture(own) : takeOver(own));
  }

  private Future<Credentials> takeOver(Credentials own) {
    return registers
        .get(KEY)
        .compose(entry -> entry.map(this::rotated).orElse(Future.succeededFuture()))
        .compose(current -> registers.get(KEY))
        .map(entry -> entry.map(Registers.Entry::document).map(this::agreed).orElse(own))
        .compose(agreed -> agreed.equals(own) ? Future.succeededFuture(own) : save(agreed));
  }

  /**
   * A node that was given another secret, and accepts the cluster's still, brings the next one:
   * nodes that were given none take that over from now on. Of two that do so the first one wins.
   */
  private Future<?> rotated(Registers.Entry entry) {
    String cluster = entry.document().getString(SECRET);
    String given = config.secret().orElse(cluster);
    boolean next = !given.equals(cluster) && config.acceptedSecret().equals(Optional.of(cluster));
    if (!next) {
      return Future.succeededFuture();
    }
    LOG.info("cluster.secret is changed; the one before is accepted");
    return registers.compareAndSet(
        KEY, entry.revision(), entry.document().copy().put(SECRET, given));
  }

  private Credentials agreed(JsonObject cluster) {
    return new Credentials(
        choose("admin.token", config.token().orElse(null), cluster.getString(TOKEN)),
        choose("cluster.secret", config.secret().orElse(null), cluster.getString(SECRET)));
  }

  private static String choose(
      String key, @org.jspecify.annotations.Nullable String given, String clusters) {
    if (given == null || given.equals(clusters)) {
      return clusters;
    }
    LOG.warn("{} is not the cluster's: other nodes will not accept what this one does", key);
    return given;
  }

  private Future<Credentials> save(Credentials agreed) {
    return vertx.executeBlocking(
        () -> {
          agreed.save(config.data());
          return agreed;
        });
  }
}
