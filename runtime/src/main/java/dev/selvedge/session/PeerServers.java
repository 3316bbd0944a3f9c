package dev.selvedge.session;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Peers;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Servers outside of the cluster whose clients are in its groups too. Told once, by the node where
 * it happens, what functions do with groups; what peers do in turn goes to the {@link
 * LocalSessions} of each node. Any thread, and nothing blocks; what one thread says goes out in the
 * order of its calls. Futures complete on the caller's context.
 *
 * <p>Everywhere {@code function} is the name of the function that acts, or null for none.
 */
public interface PeerServers {
  /** There are none. */
  PeerServers NONE = new PeerServers() {};

  /**
   * Some clients.
   *
   * @param groups those who are in at least one of these; all, if it is empty. A session's id is a
   *     group whose only member it is
   * @param except but not those who are in one of these
   */
  record Target(List<String> groups, List<String> except) {
    public Target {
      groups = List.copyOf(groups);
      except = List.copyOf(except);
    }
  }

  /**
   * @param isVolatile whether it is dropped for clients that are behind
   */
  default void publish(
      @Nullable String function,
      Target to,
      String event,
      List<@Nullable Object> args,
      boolean isVolatile) {}

  default void join(String function, Target who, String group) {}

  default void leave(String function, Target who, String group) {}

  /**
   * @param connection whether their connections are closed too, not only the namespace
   */
  default void close(String function, Target who, boolean connection) {}

  /** Asks clients; never fails. */
  default Future<Groups.Answers> request(
      String function, Duration timeout, Target who, String event, List<@Nullable Object> args) {
    return Future.succeededFuture(new Groups.Answers(List.of(), 0));
  }

  /** Sends a message to the servers themselves. */
  default void send(String function, String event, List<@Nullable Object> args) {}

  /** Asks the servers themselves; fails as {@link Peers#request} does. */
  default Future<Peers.Answers> ask(
      String function, Duration timeout, String event, List<@Nullable Object> args) {
    return Future.succeededFuture(new Peers.Answers(List.of(), 0));
  }

  /**
   * The peers' clients.
   *
   * @return fails with a {@link FunctionException} as {@link Peers#clients(String)} does
   */
  default Future<List<Peers.Client>> clients(String function, Target who) {
    return Future.succeededFuture(List.of());
  }
}
