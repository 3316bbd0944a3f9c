package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What nodes say to each other about groups. */
public sealed interface GroupWire extends Envelope {
  int PUBLISH = 36;
  int HOLDS = 37;
  int PRESENCE = 38;
  int BROADCAST = 39;
  int FLUSH = 35;
  int FENCE = 47;

  /**
   * Acknowledge this when what you had published before it has come here, from all your lanes.
   *
   * @param ticket to answer with an {@link ToClient.Ack}
   */
  record Flush(long ticket) implements GroupWire {
    @Override
    public int kind() {
      return FLUSH;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(ticket);
    }

    static Flush read(EnvelopeReader in) {
      return new Flush(in.number());
    }
  }

  /**
   * Acknowledge this: what was sent from the same lane before has come, too.
   *
   * @param ticket to answer with an {@link ToClient.Ack}
   */
  record Fence(long ticket) implements GroupWire {
    @Override
    public int kind() {
      return FENCE;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.number(ticket);
    }

    static Fence read(EnvelopeReader in) {
      return new Fence(in.number());
    }
  }

  /**
   * Send this to your members of the group.
   *
   * @param ticket to answer with an {@link ToClient.Ack}, or 0
   * @param mark the number of the sender's {@link Mark}, or 0 for none
   */
  record Publish(
      String group,
      String event,
      List<@Nullable Object> args,
      List<String> except,
      long ticket,
      long mark)
      implements GroupWire, Audience {
    Publish(String group, String event, List<@Nullable Object> args, List<String> except) {
      this(group, event, args, except, 0, 0);
    }

    @Override
    public int kind() {
      return PUBLISH;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.text(group).text(event).values(args).texts(except).number(ticket).number(mark);
    }

    Publish withTicket(long number) {
      return new Publish(group, event, args, except, number, mark);
    }

    Publish marked(long number) {
      return new Publish(group, event, args, except, ticket, number);
    }

    @Override
    public boolean includes(String session, String function, Predicate<String> inGroup) {
      return inGroup.test(group) && !except.contains(session);
    }

    static Publish read(EnvelopeReader in) {
      return new Publish(
          in.requiredText(), in.requiredText(), in.values(), in.texts(), in.number(), in.number());
    }
  }

  /**
   * Send this to your members of the groups, and to your sessions of the function.
   *
   * @param function null for none
   * @param except ids of sessions to pass over
   * @param exceptGroups groups whose members are passed over
   * @param isVolatile whether it is dropped for those who are behind
   * @param mark the number of the sender's {@link Mark}, or 0 for none
   */
  record Broadcast(
      List<String> groups,
      @Nullable String function,
      String event,
      List<@Nullable Object> args,
      List<String> except,
      List<String> exceptGroups,
      boolean isVolatile,
      long mark)
      implements GroupWire, Audience {
    public Broadcast(
        List<String> groups,
        @Nullable String function,
        String event,
        List<@Nullable Object> args,
        List<String> except,
        List<String> exceptGroups,
        boolean isVolatile) {
      this(groups, function, event, args, except, exceptGroups, isVolatile, 0);
    }

    @Override
    public int kind() {
      return BROADCAST;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.texts(groups).text(function).text(event).values(args);
      out.texts(except).texts(exceptGroups).flag(isVolatile).number(mark);
    }

    Broadcast marked(long number) {
      return new Broadcast(groups, function, event, args, except, exceptGroups, isVolatile, number);
    }

    @Override
    public boolean includes(String session, String of, Predicate<String> inGroup) {
      return (of.equals(function) || groups.stream().anyMatch(inGroup))
          && !except.contains(session)
          && exceptGroups.stream().noneMatch(inGroup);
    }

    static Broadcast read(EnvelopeReader in) {
      return new Broadcast(
          in.texts(),
          in.text(),
          in.requiredText(),
          in.values(),
          in.texts(),
          in.texts(),
          in.flag(),
          in.number());
    }
  }

  /**
   * The sender has members of some groups from now on, and none of others.
   *
   * @param whole whether {@code gained} is all that it has; else it is a change
   * @param ticket to answer with an {@link ToClient.Ack}, or 0
   */
  record Holds(boolean whole, List<String> gained, List<String> lost, long ticket)
      implements GroupWire {
    @Override
    public int kind() {
      return HOLDS;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.flag(whole).texts(gained).texts(lost).number(ticket);
    }

    static Holds read(EnvelopeReader in) {
      return new Holds(in.flag(), in.texts(), in.texts(), in.number());
    }
  }

  /**
   * Sessions with meta have joined or left a group at the sender.
   *
   * @param joined {@code {"id":…,"meta":…}} each
   * @param left session ids
   * @param silent whether members are not to be told: the receiver is being brought up to date
   */
  record PresenceChange(String group, JsonArray joined, List<String> left, boolean silent)
      implements GroupWire {
    @Override
    public int kind() {
      return PRESENCE;
    }

    @Override
    public void writeTo(EnvelopeWriter out) {
      out.text(group).value(joined).texts(left).flag(silent);
    }

    static PresenceChange read(EnvelopeReader in) {
      return new PresenceChange(in.requiredText(), in.requiredArray(), in.texts(), in.flag());
    }
  }
}
