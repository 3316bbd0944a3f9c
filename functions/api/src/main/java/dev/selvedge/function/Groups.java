package dev.selvedge.function;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
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

  /** Sends a message to everyone who is in at least one of the groups, once. */
  Future<Void> publish(Collection<String> groups, String event, @Nullable Object... args);

  /** The same groups, but what is published passes over these sessions. */
  Groups except(String... sessionIds);

  /** The same groups, but what is published passes over whoever is in one of these. */
  Groups exceptGroups(String... groups);

  /** The same groups, but what is published is dropped for members who are behind. */
  Groups asVolatile();

  /**
   * Sends a message to every member of a group, which each is to answer, as {@link Session#request}
   * does for one.
   *
   * @param timeout after which those who have not answered are {@code missing}
   */
  Future<Answers> request(Duration timeout, String group, String event, @Nullable Object... args);

  /** The members at this moment, asked of every node that has some. */
  Future<List<Member>> members(String group);

  /** Has all who are in a group at this moment join another. */
  Future<Void> joinAll(String group, String other);

  /** Has all who are in a group at this moment leave another, or the same. */
  Future<Void> leaveAll(String group, String other);

  /** Ends the sessions of all who are in a group at this moment. */
  Future<Void> closeAll(String group, CloseReason reason);

  /**
   * A member of a group.
   *
   * @param session its session id
   * @param meta what it joined with; empty if it joined without
   */
  record Member(String session, JsonObject meta) {}

  /**
   * What the members of a group answered, in the order in which the answers came.
   *
   * @param missing how many did not answer in time, answered with an error, or left
   */
  record Answers(List<Answer> answers, int missing) {}

  /**
   * A member's answer.
   *
   * @param session empty for a client of a {@link Peers peer}
   */
  record Answer(String session, List<@Nullable Object> args) {}
}
