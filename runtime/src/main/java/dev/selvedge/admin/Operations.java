package dev.selvedge.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the admin API asks of the node. The answers are about the whole cluster, whichever node is
 * asked.
 *
 * <p>Methods are called on the admin server's event loop and must not block. Failures: {@link
 * OperationException} says what the operator did wrong or what is missing; a {@link
 * dev.selvedge.function.FunctionException} is handed through with its code; anything else is logged
 * and becomes an internal error.
 */
public interface Operations {
  /** All live nodes, oldest first. */
  Future<List<NodeInfo>> nodes();

  /**
   * Makes a node stop taking sessions, hand over those it serves for others, and close its clients
   * with a retryable code; it does not leave the cluster. Completes when the node has begun. Fails
   * with {@code no-such-node}.
   */
  Future<Void> drain(String node);

  /** What the catalog wants, by name, with what each node makes of it. */
  Future<List<FunctionInfo>> functions();

  /** Fails with {@code no-such-function}. */
  Future<FunctionInfo> function(String name);

  /**
   * Deploys a jar; completes when every hosting node serves the version, and fails, with the old
   * version in place, if one cannot.
   *
   * @param jar a whole file, verified against the hash that the client gave; the caller deletes it
   *     when the future completes
   * @param name instead of the manifest's
   * @param route instead of the manifest's
   */
  Future<RolloutInfo> deploy(Path jar, Optional<String> name, Optional<String> route);

  /** Fails with {@code no-such-function}. */
  Future<Void> undeploy(String name);

  /**
   * Makes an older version serve again, under its old number.
   *
   * @param to that version; empty: the one before the present one
   */
  Future<RolloutInfo> rollback(String name, OptionalInt to);

  /**
   * Calls a function.
   *
   * @param body null, Boolean, Number, String, JsonObject or JsonArray
   * @return the same, or a Buffer
   */
  Future<@Nullable Object> call(String name, @Nullable Object body);

  /** Sessions of all edges, ordered by id. */
  Future<SessionPage> sessions(SessionQuery query);

  /** Fails with {@code no-such-session}. */
  Future<SessionInfo> session(String id);

  /** Ends a session with code 4005. Fails with {@code no-such-session}. */
  Future<Void> closeSession(String id);

  /** Sends a message to a session's client. Fails with {@code no-such-session}. */
  Future<Void> send(String session, String event, List<@Nullable Object> args);

  /** The groups that have members, by name. */
  Future<List<GroupInfo>> groups();

  /** The members of a group; none if there is no such group. */
  Future<List<MemberInfo>> members(String group);

  /** Publishes to a group; completes when the message has left for every node with members. */
  Future<Void> publish(
      String group, String event, List<@Nullable Object> args, List<String> exceptSessions);

  /** Callbacks that blocked an event loop lately, newest first, at most 100 a node. */
  Future<List<StallInfo>> stalls();

  /** Class loaders of stopped versions that are still reachable. */
  Future<List<LeakInfo>> leaks();

  /** Pools, routes and listeners. */
  RouterOperations router();

  /** Whether this node serves what the catalog wants. Never blocks, asks no other node. */
  Readiness readiness();

  /**
   * Whether this node is ready.
   *
   * @param reasons why not, each a sentence; empty if it is
   * @param details what an operator may want to see either way: phase, functions, store
   */
  record Readiness(List<String> reasons, JsonObject details) {
    public Readiness {
      reasons = List.copyOf(reasons);
    }

    public boolean ready() {
      return reasons.isEmpty();
    }
  }
}
