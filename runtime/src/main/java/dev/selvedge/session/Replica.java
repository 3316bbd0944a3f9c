package dev.selvedge.session;

import dev.selvedge.fabric.NodeId;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows, standing by, of one lane of another edge: its kept sessions, and what they
 * were sent in that lane's order. Publications come here by themselves, as to any node with
 * members; the edge only tells in which order its own sessions got them. Confined to the lane that
 * this is told on.
 */
final class Replica {
  /** A session, as its edge tells of it. */
  static final class Kept {
    final StandbyWire.Kept opened;
    final Map<String, @Nullable JsonObject> groups = new LinkedHashMap<>(4);
    final List<ClientMessage> waiting = new ArrayList<>(0);

    /** Null if the protocol notes nothing. */
    @Nullable Notes notes;

    @Nullable NodeId host;
    int version;
    @Nullable String state;
    @Nullable Mark settled;

    /** Whether its function has let the client in. */
    boolean served;

    Kept(StandbyWire.Kept opened) {
      this.opened = opened;
    }
  }

  /** Told of the groups that have members there. */
  interface Groups {
    void gained(String group);

    void lost(String group);
  }

  private record Step(@Nullable Mark published, SentLog.@Nullable Entry other, long millis) {
    int weight() {
      return other == null ? 64 : other.weight();
    }
  }

  private final Groups groups;
  private final long limitBytes;
  private final long maxAgeMillis;
  private final Map<SessionId, Kept> sessions = new LinkedHashMap<>();
  private final Deque<Step> order = new ArrayDeque<>();
  private final Map<Mark, SentLog.Published> arrived = new LinkedHashMap<>();

  /** What the edge had sent before it began to tell, and may still arrive here. */
  private final Set<Mark> before = new HashSet<>();

  private long orderBytes;
  private long arrivedBytes;

  Replica(Groups groups, long limitBytes, long maxAgeMillis) {
    this.groups = groups;
    this.limitBytes = limitBytes;
    this.maxAgeMillis = maxAgeMillis;
  }

  boolean isEmpty() {
    return sessions.isEmpty();
  }

  List<Kept> sessions() {
    return List.copyOf(sessions.values());
  }

  /** The groups of its sessions. */
  Set<String> groups() {
    Set<String> all = new HashSet<>();
    sessions.values().forEach(kept -> all.addAll(kept.groups.keySet()));
    return all;
  }

  // ---- what the edge says

  void tell(StandbyWire what, long millis) {
    if (what instanceof StandbyWire.Kept kept) {
      sessions.put(kept.session(), new Kept(kept));
    } else if (what instanceof StandbyWire.Before past) {
      before.addAll(past.marks());
      past.marks().forEach(this::forget);
    } else if (what instanceof StandbyWire.Published published) {
      step(new Step(published.mark(), null, millis));
    } else if (what instanceof StandbyWire.Sent sent) {
      for (SessionId to : sent.sessions()) {
        step(new Step(null, new SentLog.Direct(sent.message(), to, millis), millis));
      }
    } else if (what instanceof StandbyWire.Moved moved) {
      move(moved, millis);
    } else if (what instanceof StandbyWire.Served served) {
      serve(served);
    } else if (what instanceof StandbyWire.Settled settled) {
      Kept kept = sessions.get(settled.session());
      if (kept != null) {
        kept.settled = settled.mark();
      }
    } else if (what instanceof StandbyWire.Waiting waiting) {
      Kept kept = sessions.get(waiting.message().session());
      if (kept != null) {
        kept.waiting.add(waiting.message().message());
      }
    } else if (what instanceof StandbyWire.Noted noted) {
      note(noted);
    } else if (what instanceof StandbyWire.Ended ended) {
      end(sessions.remove(ended.session()));
    }
  }

  private void forget(Mark mark) {
    SentLog.Published known = arrived.remove(mark);
    if (known != null) {
      arrivedBytes -= known.weight();
    }
  }

  private void note(StandbyWire.Noted noted) {
    Kept kept = sessions.get(noted.session());
    if (kept != null) {
      if (kept.notes == null) {
        kept.notes = new Notes();
      }
      kept.notes.add(noted.note());
    }
  }

  private void serve(StandbyWire.Served served) {
    Kept kept = sessions.get(served.session());
    if (kept != null) {
      kept.host = served.host();
      kept.version = served.version();
      kept.state = served.state();
      kept.served = true;
    }
  }

  private void move(StandbyWire.Moved moved, long millis) {
    Kept kept = sessions.get(moved.session());
    if (kept == null) {
      return;
    }
    boolean changed = moved.joined() != kept.groups.containsKey(moved.group());
    if (moved.joined()) {
      kept.groups.put(moved.group(), moved.meta());
    } else {
      kept.groups.remove(moved.group());
    }
    if (changed) {
      step(
          new Step(
              null,
              new SentLog.Moved(moved.session(), moved.group(), moved.joined(), millis),
              millis));
      if (moved.joined()) {
        groups.gained(moved.group());
      } else {
        groups.lost(moved.group());
      }
    }
  }

  private void end(@Nullable Kept kept) {
    if (kept != null) {
      kept.groups.keySet().forEach(groups::lost);
    }
  }

  private void step(Step step) {
    order.addLast(step);
    orderBytes += step.weight();
    while (orderBytes > limitBytes || step.millis() - order.getFirst().millis() > maxAgeMillis) {
      orderBytes -= order.removeFirst().weight();
      if (order.isEmpty()) {
        return;
      }
    }
  }

  // ---- what arrives here

  /** A publication that may be meant for these sessions. */
  void published(Audience audience, Outbound message, long millis) {
    Mark mark = message.mark();
    if (sessions.isEmpty() || mark == null || before.contains(mark)) {
      return;
    }
    SentLog.Published entry = new SentLog.Published(message, audience, millis);
    arrived.put(mark, entry);
    arrivedBytes += entry.weight();
    Iterator<SentLog.Published> oldest = arrived.values().iterator();
    while (oldest.hasNext()) {
      SentLog.Published first = oldest.next();
      if (arrivedBytes <= limitBytes && millis - first.millis() <= maxAgeMillis) {
        return;
      }
      arrivedBytes -= first.weight();
      oldest.remove();
    }
  }

  // ---- the edge is gone

  /**
   * What the sessions were sent: in the edge's order as far as it told, then what has come here
   * since.
   */
  SentLog.Past past() {
    List<SentLog.Entry> history = new ArrayList<>(order.size());
    Map<Mark, SentLog.Late> late = new HashMap<>();
    Set<Mark> ordered = new HashSet<>();
    for (Step step : order) {
      SentLog.Entry other = step.other();
      Mark mark = step.published();
      if (other != null) {
        history.add(other);
      } else if (mark != null) {
        ordered.add(mark);
        SentLog.Entry known = arrived.get(mark);
        if (known == null) {
          SentLog.Late place = new SentLog.Late(mark, step.millis());
          late.put(mark, place);
          history.add(place);
        } else {
          history.add(known);
        }
      }
    }
    arrived.forEach(
        (mark, entry) -> {
          if (!ordered.contains(mark)) {
            history.add(entry);
          }
        });
    return new SentLog.Past(history, late);
  }

  /** Lets go of the sessions and of their groups. */
  void clear() {
    sessions.values().forEach(this::end);
    sessions.clear();
    order.clear();
    arrived.clear();
  }
}
