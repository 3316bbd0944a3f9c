package dev.selvedge.session;

import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session's client was asked and has not answered, and who asked. Confined to the session's
 * lane.
 */
final class Questions {
  /** How many may be open; one more is answered with {@code too-many-requests}. */
  static final int MAX_OPEN = 1_000;

  private static final ReplyError TOO_MANY =
      new ReplyError(
          "too-many-requests", "the client has " + MAX_OPEN + " requests to answer already", null);

  /**
   * Who asked.
   *
   * @param lane the lane that the question came in on, and its answer goes out on
   */
  private record Asker(Lane lane, NodeId node, long ticket) {
    void tell(@Nullable List<@Nullable Object> args, @Nullable ReplyError error) {
      ToClient.Answer answer = new ToClient.Answer(ticket, args == null ? List.of() : args, error);
      lane.run(() -> lane.send(node, answer));
    }
  }

  private final Map<Long, Asker> open = new HashMap<>(2);

  /** Notes a question; false, and the asker is told, if there are too many. */
  boolean ask(long id, Lane lane, NodeId node, long ticket) {
    Asker asker = new Asker(lane, node, ticket);
    if (open.size() >= MAX_OPEN) {
      asker.tell(null, TOO_MANY);
      return false;
    }
    open.put(id, asker);
    return true;
  }

  /** The client's answer; ignored if it was not asked, or the asker waits no more. */
  void answer(long id, @Nullable List<@Nullable Object> args, @Nullable ReplyError error) {
    Asker asker = open.remove(id);
    if (asker != null) {
      asker.tell(args, error);
    }
  }

  /** The asker waits no more. */
  void forget(NodeId node, long ticket) {
    open.values().removeIf(asker -> asker.ticket() == ticket && asker.node().equals(node));
  }

  /** The session is over. */
  void fail(ReplyError error) {
    open.values().forEach(asker -> asker.tell(null, error));
    open.clear();
  }
}
