package dev.selvedge.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the sessions of a lane were sent lately, in order, and how their groups changed in between:
 * enough to tell what a client has missed that names the last event it got. Bounded in bytes and in
 * age. Confined to its lane.
 */
final class SentLog {
  /** What happened on the lane. */
  sealed interface Entry {
    long millis();

    /** Roughly the bytes that it takes. */
    int weight();
  }

  /** A marked event was published. */
  record Published(Outbound message, Audience audience, long millis) implements Entry {
    @Override
    public int weight() {
      return 64 + message.weight();
    }
  }

  /** A session was sent a marked event. */
  record Direct(Outbound message, SessionId to, long millis) implements Entry {
    @Override
    public int weight() {
      return 64 + message.weight();
    }
  }

  /** A session has joined a group, or left it. */
  record Moved(SessionId session, String group, boolean joined, long millis) implements Entry {
    @Override
    public int weight() {
      return 64 + group.length();
    }
  }

  /** Something was published, but what has not come here, or not yet. */
  static final class Late implements Entry {
    private final Mark mark;
    private final long millis;
    private @Nullable Published arrived;

    Late(Mark mark, long millis) {
      this.mark = mark;
      this.millis = millis;
    }

    void arrived(Published publication) {
      arrived = publication;
    }

    @Override
    public long millis() {
      return millis;
    }

    @Override
    public int weight() {
      return 64;
    }
  }

  /**
   * What sessions were sent at an edge that is gone, oldest first.
   *
   * @param late the publications that have their place in it, and come later if at all
   */
  record Past(List<Entry> entries, Map<Mark, Late> late) {
    static final Past NONE = new Past(List.of(), Map.of());
  }

  /** A session has come to this lane from another edge; before this is its {@link Past}. */
  record Adopted(SessionId session, long millis) implements Entry {
    @Override
    public int weight() {
      return 64;
    }
  }

  private final long limitBytes;
  private final long maxAgeMillis;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long bytes;

  SentLog(long limitBytes, long maxAgeMillis) {
    this.limitBytes = limitBytes;
    this.maxAgeMillis = maxAgeMillis;
  }

  void add(Entry entry) {
    entries.addLast(entry);
    bytes += entry.weight();
    Entry oldest = entries.getFirst();
    while (bytes > limitBytes || entry.millis() - oldest.millis() > maxAgeMillis) {
      bytes -= oldest.weight();
      entries.removeFirst();
      if (entries.isEmpty()) {
        return;
      }
      oldest = entries.getFirst();
    }
  }

  /** From the latest to the oldest. */
  Iterator<Entry> backwards() {
    return entries.descendingIterator();
  }

  /**
   * Goes back from the latest entry to the last event that a client has got, and gathers what the
   * client has missed.
   */
  static final class Search {
    private final SessionId session;
    private final String id;
    private final String function;
    private final Mark last;
    private final @Nullable Mark settled;
    private final Past past;
    private boolean inPast;

    /** The session's groups at the point where the search is. */
    private final Set<String> groups;

    private final List<Outbound> missed = new ArrayList<>();

    /**
     * @param last what the client says it has got
     * @param settled what the session was sent last, before all that a log still has of it
     * @param past what the session was sent at another edge
     */
    Search(
        SessionId session,
        String function,
        Iterable<String> groups,
        Mark last,
        @Nullable Mark settled,
        Past past) {
      this.session = session;
      this.id = session.toString();
      this.function = function;
      this.last = last;
      this.settled = settled;
      this.past = past;
      this.groups = new HashSet<>();
      groups.forEach(this.groups::add);
    }

    /** What the client has missed, in order; empty if that is not known. */
    Optional<List<Outbound>> in(Iterator<Entry> backwards) {
      Iterator<Entry> rest = backwards;
      boolean found = false;
      while (!found && rest.hasNext()) {
        Entry entry = rest.next();
        if (entry instanceof Adopted adopted && adopted.session().equals(session)) {
          rest = reversed(past.entries());
          inPast = true;
        } else if (entry instanceof Late late && late.arrived == null) {
          found = last.equals(late.mark);
          if (!found) {
            return Optional.empty(); // it may have been meant for this client
          }
        } else if (inPast || !hasItsPlaceInThePast(entry)) {
          found = isLast(entry instanceof Late late && late.arrived != null ? late.arrived : entry);
        }
      }
      if (!found && !last.equals(settled)) {
        return Optional.empty();
      }
      Collections.reverse(missed);
      return Optional.of(missed);
    }

    private boolean hasItsPlaceInThePast(Entry entry) {
      return entry instanceof Published published
          && published.message().mark() != null
          && past.late().containsKey(published.message().mark());
    }

    private static Iterator<Entry> reversed(List<Entry> entries) {
      ListIterator<Entry> at = entries.listIterator(entries.size());
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return at.hasPrevious();
        }

        @Override
        public Entry next() {
          return at.previous();
        }
      };
    }

    private boolean isLast(Entry entry) {
      Outbound message = meant(entry);
      if (message == null) {
        return false;
      }
      if (last.equals(message.mark())) {
        return true;
      }
      missed.add(message);
      return false;
    }

    private @Nullable Outbound meant(Entry entry) {
      if (entry instanceof Published published) {
        return published.audience().includes(id, function, groups::contains)
            ? published.message()
            : null;
      } else if (entry instanceof Direct direct) {
        return direct.to().equals(session) ? direct.message() : null;
      }
      if (entry instanceof Moved moved && moved.session().equals(session)) {
        if (moved.joined()) {
          groups.remove(moved.group());
        } else {
          groups.add(moved.group());
        }
      }
      return null;
    }
  }
}
