package dev.selvedge.session;

import dev.selvedge.config.RecoveryConfig;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of this node that outlive their clients' connections: what they were sent lately,
 * which of them wait for their clients, and until when. By lane, each part confined to its lane.
 */
final class Recovery {
  private static final long SWEEP_MILLIS = 500;

  private final Fabric fabric;
  private final RecoveryConfig rules;
  private final List<OfLane> lanes = new ArrayList<>();
  private final AtomicLong lastMark = new AtomicLong();

  /** Of one lane. */
  private static final class OfLane {
    final SentLog sent;
    final Map<SessionId, EdgeSession> bySecret = new HashMap<>();
    final Deque<Absence> absences = new ArrayDeque<>();
    boolean sweeping;

    OfLane(SentLog sent) {
      this.sent = sent;
    }
  }

  /** A session without its client since then; over if the session has gone on since. */
  private record Absence(EdgeSession session, long number, long sinceMillis) {}

  /** What a client that comes back has missed, in order. */
  record Missed(EdgeSession session, List<Outbound> messages) {}

  Recovery(Fabric fabric, RecoveryConfig rules) {
    this.fabric = fabric;
    this.rules = rules;
    long age = rules.window().toMillis() + rules.window().toMillis() / 2 + 60_000;
    fabric.lanes().forEach(lane -> lanes.add(new OfLane(new SentLog(rules.bufferBytes(), age))));
  }

  boolean isOn() {
    return rules.isOn();
  }

  /** The number of a new {@link Mark} of this node; 0 if nobody needs marks. */
  long nextMark() {
    return isOn() ? lastMark.incrementAndGet() : 0;
  }

  /** A mark of that number, or a new one of this node if there is no number. */
  @Nullable Mark mark(NodeId by, long number) {
    if (!isOn()) {
      return null;
    }
    return number == 0
        ? new Mark(fabric.membership().self(), lastMark.incrementAndGet())
        : new Mark(by, number);
  }

  // ---- what sessions are sent; on their lane

  void published(Lane lane, Audience audience, Outbound message) {
    OfLane here = lanes.get(lane.index());
    if (!here.bySecret.isEmpty() && message.mark() != null) {
      here.sent.add(new SentLog.Published(message, audience, now()));
    }
  }

  /** Notes, and names if nobody has, what a session is sent. */
  void sent(EdgeSession session, Outbound message) {
    if (message.mark() == null && message.isRepeatable()) {
      message.marked(mark(fabric.membership().self(), 0));
      log(session.lane()).add(new SentLog.Direct(message, session.sessionId(), now()));
    }
  }

  void moved(EdgeSession session, String group, boolean joined) {
    if (session.isKept()) {
      log(session.lane()).add(new SentLog.Moved(session.sessionId(), group, joined, now()));
    }
  }

  private SentLog log(Lane lane) {
    return lanes.get(lane.index()).sent;
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }

  // ---- which sessions may be recovered; on their lane

  void kept(EdgeSession session, SessionId secret) {
    lanes.get(session.lane().index()).bySecret.put(secret, session);
  }

  void forget(EdgeSession session, SessionId secret) {
    lanes.get(session.lane().index()).bySecret.remove(secret, session);
  }

  /** The session has lost its client; it ends if that has not come back when its time is over. */
  void absent(EdgeSession session) {
    OfLane here = lanes.get(session.lane().index());
    here.absences.addLast(new Absence(session, session.absences(), now()));
    if (!here.sweeping) {
      here.sweeping = true;
      sweepLater(session.lane(), here);
    }
  }

  private void sweepLater(Lane lane, OfLane here) {
    long millis = Math.min(SWEEP_MILLIS, Math.max(1, rules.window().toMillis() / 4));
    fabric.vertx().setTimer(millis, timer -> lane.run(() -> sweep(lane, here)));
  }

  private void sweep(Lane lane, OfLane here) {
    long due = now() - rules.window().toMillis();
    Absence first = here.absences.peekFirst();
    while (first != null && (isOver(first) || first.sinceMillis() <= due)) {
      here.absences.removeFirst();
      if (!isOver(first)) {
        first.session().end(CloseReason.LOST);
      }
      first = here.absences.peekFirst();
    }
    here.sweeping = first != null;
    if (here.sweeping) {
      sweepLater(lane, here);
    }
  }

  private static boolean isOver(Absence absence) {
    return !absence.session().isOpen() || absence.session().absences() != absence.number();
  }

  /**
   * Finds the session of a client that has come back. Empty if there is none, if it is of another
   * function or namespace, or if it is not known any more what the client has missed; such a
   * session ends, as its client goes on without it. Call it on the secret's lane.
   *
   * @param offset {@link Outbound#offset} of the last event that the client got
   */
  Optional<Missed> claim(Lane lane, Claim claim) {
    EdgeSession session = lanes.get(lane.index()).bySecret.get(claim.secret());
    if (session == null
        || !session.isOpen()
        || !session.function().equals(claim.function())
        || !session.handshake().namespace().equals(claim.namespace())) {
      return Optional.empty();
    }
    Optional<List<Outbound>> missed =
        Mark.parse(claim.offset()).flatMap(last -> missed(lane, session, last));
    if (missed.isEmpty()) {
      session.close(CloseReason.LOST);
    }
    return missed.map(messages -> new Missed(session, messages));
  }

  private Optional<List<Outbound>> missed(Lane lane, EdgeSession session, Mark last) {
    return new SentLog.Search(
            session.sessionId(), session.function(), session.memberships().groups(), last)
        .in(log(lane).backwards());
  }
}
