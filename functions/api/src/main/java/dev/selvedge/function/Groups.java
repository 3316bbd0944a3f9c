package dev.selvedge.function;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Named sets of sessions. A group exists while it has a member; its name is any string of 1 to 256
 * characters and is one for the whole cluster. Its members may be on any node and speak any
 * protocol.
 */
public interface Groups {
  /**
   * Sends a message to every member. Members get the messages of one publishing thread in the order
   * of its calls, each once.
   *
   * @return completes when the message has left for every node that has members
   */
  Future<Void> publish(String group, String event, @Nullable Object... args);

  /** The same groups, but {@link #publish} passes over these sessions. */
  Groups except(String... sessionIds);

  /** The members at this moment, asked of every node that has some. */
  Future<List<Member>> members(String group);

  /**
   * A member of a group.
   *
   * @param session its session id
   * @param meta what it joined with; empty if it joined without
   */
  record Member(String session, JsonObject meta) {}
}
