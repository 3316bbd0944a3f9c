package dev.selvedge.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was noted of a session and still matters: at its edge, and in the same way at the node that
 * stands by. What a client has acknowledged and what is settled are forgotten, so that the bounds
 * are those of the protocol's journal and of the session's inbox. Confined to a lane.
 */
public final class Notes {
  private String about = "";
  private final Deque<Note> sent = new ArrayDeque<>();
  private final Map<Long, Note> heard = new LinkedHashMap<>();
  private long lastSent;
  private long received;
  private long came;

  /** The last event that went to the client, or the one before the first. */
  private @Nullable Mark last;

  void add(Note note) {
    if (note.mark() != null) {
      last = note.mark();
    }
    switch (note.kind()) {
      case ABOUT -> about = note.label();
      case SENT -> {
        lastSent = note.number();
        sent.addLast(note);
      }
      case ACKNOWLEDGED -> acknowledged(note.number());
      case HEARD -> {
        received = Math.max(received, note.number());
        heard.put(note.number(), note);
      }
      case RECEIVED -> received = Math.max(received, note.number());
      case DONE ->
          heard.computeIfPresent(note.number(), (number, said) -> Note.done(number, said.label()));
      case SETTLED -> heard.remove(note.number());
      case CAME -> came = note.number();
    }
  }

  private void acknowledged(long number) {
    lastSent = Math.max(lastSent, number);
    Note first = sent.peekFirst();
    while (first != null && first.number() <= number) {
      sent.removeFirst();
      first = sent.peekFirst();
    }
  }

  /** Notes that come to the same. */
  List<Note> all() {
    List<Note> all = new ArrayList<>();
    all.add(Note.about(about));
    all.addAll(sent);
    all.add(Note.acknowledged(lastSent - sent.size(), last));
    all.add(Note.received(received));
    all.add(Note.came(came));
    for (Note said : heard.values()) {
      all.add(
          said.kind() == Note.Kind.HEARD
              ? said
              : Note.heard(said.number(), new byte[0], said.label()));
      if (said.kind() == Note.Kind.DONE) {
        all.add(said);
      }
    }
    return all;
  }

  void startAt(@Nullable Mark mark) {
    last = mark;
  }

  @Nullable Mark last() {
    return last;
  }

  /** How many messages to the client have come from the host that the session has. */
  long came() {
    return came;
  }

  public String about() {
    return about;
  }

  /** The messages that the client has not acknowledged, with rising numbers. */
  public List<Note> sent() {
    return List.copyOf(sent);
  }

  /** The number of the last message to the client. */
  public long lastSent() {
    return lastSent;
  }

  /** The number of the last message of the client. */
  public long received() {
    return received;
  }

  /** What the client has said and is not settled, in order; of those done only the label. */
  public List<Note> heard() {
    return List.copyOf(heard.values());
  }
}
