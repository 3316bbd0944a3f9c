package dev.selvedge.fabric;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Vert.x's cluster manager on our Hazelcast instance, with three differences.
 *
 * <ul>
 *   <li>An address {@code @<node>/…} leads to that node without being registered anywhere: whoever
 *       asks for it is told the node as long as it is a member. The bus remembers such answers, so
 *       they are taken back when the node leaves; requests to it then fail at once.
 *   <li>What Vert.x does about membership changes blocks; it does so on a thread of its own, not on
 *       Hazelcast's.
 *   <li>Leaving the cluster ends the instance, though it was made elsewhere.
 * </ul>
 */
// The synchronized methods are called by the thread that they are handed to.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
final class DirectAddresses extends HazelcastClusterManager {
  /** The member attribute by which Vert.x knows its nodes: our node id. */
  static final String VERTX_NODE_ID = "__vertx.nodeId";

  private static final Logger LOG = LoggerFactory.getLogger(DirectAddresses.class);

  private final HazelcastInstance hazelcast;
  private final ExecutorService membershipThread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "selvedge-membership");
            thread.setDaemon(true);
            return thread;
          });
  private final ConcurrentMap<String, Set<String>> asked = new ConcurrentHashMap<>();
  private volatile @Nullable RegistrationListener listener;
  private @Nullable Vertx vertx;

  DirectAddresses(HazelcastInstance hazelcast) {
    super(hazelcast);
    this.hazelcast = hazelcast;
  }

  @Override
  public void init(Vertx vertx) {
    this.vertx = vertx;
    super.init(vertx);
  }

  @Override
  public void registrationListener(RegistrationListener listener) {
    this.listener = listener;
    super.registrationListener(listener);
  }

  @Override
  public void addRegistration(
      String address, RegistrationInfo registration, Completable<Void> done) {
    if (isDirect(address)) {
      done.succeed();
    } else {
      super.addRegistration(address, registration, done);
    }
  }

  @Override
  public void removeRegistration(
      String address, RegistrationInfo registration, Completable<Void> done) {
    if (isDirect(address)) {
      done.succeed();
    } else {
      super.removeRegistration(address, registration, done);
    }
  }

  @Override
  public void getRegistrations(String address, Completable<List<RegistrationInfo>> answer) {
    if (!isDirect(address)) {
      super.getRegistrations(address, answer);
      return;
    }
    String node = address.substring(Addresses.NODE.length(), address.indexOf('/'));
    // Remembered before the look-up: a node that leaves in between is then taken back all the same.
    asked.computeIfAbsent(node, ignored -> ConcurrentHashMap.newKeySet()).add(address);
    answer.succeed(
        getNodes().contains(node) ? List.of(new RegistrationInfo(node, 0, false)) : List.of());
  }

  @Override
  public void memberAdded(MembershipEvent event) {
    offThread(() -> super.memberAdded(event));
  }

  @Override
  public void memberRemoved(MembershipEvent event) {
    String node = event.getMember().getAttribute(VERTX_NODE_ID);
    if (node == null) {
      return;
    }
    takeBack(node);
    offThread(() -> super.memberRemoved(event));
  }

  @Override
  public void stateChanged(LifecycleEvent event) {
    offThread(() -> super.stateChanged(event));
  }

  @Override
  public void leave(Completable<Void> done) {
    Future.<Void>future(super::leave).eventually(this::endInstance).onComplete(done);
  }

  private Future<Void> endInstance() {
    membershipThread.shutdown();
    Vertx vertx = this.vertx;
    if (vertx == null) {
      hazelcast.shutdown();
      return Future.succeededFuture();
    }
    return vertx.executeBlocking(
        () -> {
          hazelcast.shutdown();
          return null;
        });
  }

  private void takeBack(String node) {
    Set<String> addresses = asked.remove(node);
    RegistrationListener listener = this.listener;
    if (addresses != null && listener != null) {
      addresses.forEach(
          address ->
              listener.registrationsUpdated(new RegistrationUpdateEvent(address, List.of())));
    }
  }

  private void offThread(Runnable task) {
    try {
      membershipThread.execute(
          () -> {
            try {
              task.run();
            } catch (RuntimeException e) {
              LOG.warn("membership change not handled by Vert.x", e);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("membership change after leaving", e);
    }
  }

  private static boolean isDirect(String address) {
    return address.startsWith(Addresses.NODE) && address.indexOf('/') > 0;
  }
}
