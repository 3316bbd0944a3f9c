package dev.selvedge.function;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Socket.IO servers outside of the cluster that share this function's namespaces and rooms with
 * it over Redis, as {@code socketio.redis} has it. Without that setting there are none, and what is
 * sent to them goes nowhere.
 *
 * <p>What {@link Groups} publishes, asks and changes holds for the peers' clients too; here is what
 * is said to the servers themselves. The other nodes of this cluster are no peers.
 */
public interface Peers {
  /**
   * Sends a message to every peer: Socket.IO's {@code serverSideEmit}.
   *
   * @return completes when the message is on its way
   */
  Future<Void> send(String event, @Nullable Object... args);

  /**
   * Sends a message to every peer, which each is to answer.
   *
   * @param timeout after which those who have not answered are {@code missing}
   * @return fails with {@link FunctionException} code {@code unavailable} if Redis cannot be
   *     reached
   */
  Future<Answers> request(Duration timeout, String event, @Nullable Object... args);

  /**
   * The peers' clients that are in a group at this moment: Socket.IO's {@code fetchSockets}. {@link
   * Groups#members} has those of the cluster. An id of a client is the name of a group too, with
   * the client as its only member.
   *
   * @return fails with {@link FunctionException} code {@code timeout} if a peer does not answer, or
   *     {@code unavailable}
   */
  Future<List<Client>> clients(String group);

  /** All of the peers' clients in the function's namespaces; fails as {@link #clients(String)}. */
  Future<List<Client>> clients();

  /**
   * What the peers answered.
   *
   * @param missing how many did not answer in time
   */
  record Answers(List<@Nullable Object> answers, int missing) {}

  /**
   * A client of a peer.
   *
   * @param id its socket's id
   * @param groups its rooms, without the one of its id
   * @param handshake {@code headers}, {@code query}, {@code auth}, {@code address}, {@code url} and
   *     more, as Socket.IO has them
   * @param data the value of {@code socket.data}
   */
  record Client(
      String id,
      String namespace,
      List<String> groups,
      JsonObject handshake,
      @Nullable Object data) {}
}
