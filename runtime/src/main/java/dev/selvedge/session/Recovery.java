package dev.selvedge.session;

import dev.selvedge.config.RecoveryConfig;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of this node that outlive their clients' connections: what they were sent lately,
 * which of them wait for their clients, and until when. What happens to them is told to the {@link
 * Standby}. By lane, each part confined to its lane.
 */
final class Recovery {
  private static final long SWEEP_MILLIS = 500;

  /** How long a publication may take from node to node, and how many are looked at. */
  private static final long ON_THE_WAY_MILLIS = 10_000;

  private static final int MOST_ON_THE_WAY = 1_000;

  /** How long a lost connection may go unnoticed. */
  private static final long NOTICE_MILLIS = 60_000;

  private final Fabric fabric;
  private final RecoveryConfig rules;
  private final Standby standby;
  private final List<OfLane> lanes = new ArrayList<>();
  private final AtomicLong lastMark = new AtomicLong();

  /** Of one lane. */
  private static final class OfLane {
    final SentLog sent;
    final Map<SessionId, Keeping> bySecret = new HashMap<>();
    final Deque<Absence> absences = new ArrayDeque<>();

    /** Publications with a place in the past of sessions that came from other edges. */
    final Map<Mark, SentLog.Late> late = new HashMap<>();

    boolean sweeping;
    long settledMillis;

    OfLane(SentLog sent) {
      this.sent = sent;
    }
  }

  /** A session without its client since then; over if the session has gone on since. */
  private record Absence(Keeping keeping, long number, long sinceMillis) {}

  /** What a client that comes back has missed, in order. */
  record Missed(EdgeSession session, List<Outbound> messages) {}

  Recovery(Fabric fabric, Tickets<Void> tickets, RecoveryConfig rules) {
    this.fabric = fabric;
    this.rules = rules;
    this.standby = new Standby(fabric, tickets, this::tellAll);
    fabric
        .lanes()
        .forEach(lane -> lanes.add(new OfLane(new SentLog(rules.bufferBytes(), maxAgeMillis()))));
  }

  boolean isOn() {
    return rules.isOn();
  }

  long windowMillis() {
    return rules.window().toMillis();
  }

  /** After such a silence all that a client can have missed is younger. */
  private long silenceMillis() {
    return windowMillis() + NOTICE_MILLIS;
  }

  long maxAgeMillis() {
    return 2 * silenceMillis();
  }

  int bufferBytes() {
    return rules.bufferBytes();
  }

  Standby standby() {
    return standby;
  }

  // ---- marks

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
    Mark mark = message.mark();
    if (!here.bySecret.isEmpty() && mark != null) {
      SentLog.Published publication = new SentLog.Published(message, audience, millis());
      here.sent.add(publication);
      standby.published(lane, mark);
      SentLog.Late place = here.late.remove(mark);
      if (place != null) {
        place.arrived(publication);
      }
    }
  }

  /** As {@link #published}, for what only this node's sessions are sent: these. */
  void sentHere(Lane lane, Audience audience, Collection<EdgeSession> to, Outbound message) {
    OfLane here = lanes.get(lane.index());
    if (!here.bySecret.isEmpty() && message.mark() != null) {
      here.sent.add(new SentLog.Published(message, audience, millis()));
      standby.sentToAll(
          lane,
          to.stream().filter(EdgeSession::isKept).map(EdgeSession::sessionId).toList(),
          message);
    }
  }

  /** Notes, and names if nobody has, what a kept session is sent. */
  void sent(Keeping keeping, Outbound message) {
    EdgeSession session = keeping.session();
    if (message.mark() == null && message.isRepeatable()) {
      message.marked(mark(fabric.membership().self(), 0));
      log(session.lane()).add(new SentLog.Direct(message, session.sessionId(), millis()));
      standby.sent(session, message);
    }
    Mark mark = message.mark();
    if (mark != null) {
      keeping.marked(mark, millis());
    }
  }

  /** Completes when what is published to the group outlives this node. */
  Future<Void> joined(EdgeSession session, String group, @Nullable JsonObject meta) {
    if (!session.isKept()) {
      return Future.succeededFuture();
    }
    log(session.lane()).add(new SentLog.Moved(session.sessionId(), group, true, millis()));
    return standby.joined(session, group, meta);
  }

  void left(EdgeSession session, String group) {
    if (session.isKept()) {
      log(session.lane()).add(new SentLog.Moved(session.sessionId(), group, false, millis()));
      standby.moved(session, group, false, null);
    }
  }

  /** The session has come from another edge. */
  void adopted(EdgeSession session, SentLog.Past past) {
    log(session.lane()).add(new SentLog.Adopted(session.sessionId(), millis()));
    lanes.get(session.lane().index()).late.putAll(past.late());
  }

  private SentLog log(Lane lane) {
    return lanes.get(lane.index()).sent;
  }

  static long millis() {
    return System.nanoTime() / 1_000_000;
  }

  // ---- which sessions may be recovered; on their lane

  void kept(Keeping keeping) {
    Lane lane = keeping.session().lane();
    standby.begin(lane);
    bySecret(lane).put(keeping.secret(), keeping);
    tellKept(keeping);
    sweepSoon(lane);
  }

  private Map<SessionId, Keeping> bySecret(Lane lane) {
    return lanes.get(lane.index()).bySecret;
  }

  private void tellKept(Keeping keeping) {
    standby.kept(keeping);
    Notes notes = keeping.notes();
    if (notes != null) {
      notes.all().forEach(note -> standby.noted(keeping.session(), note));
    }
  }

  void ended(Keeping keeping) {
    forget(keeping);
    standby.ended(keeping.session());
  }

  /** Without a word to the standby. */
  void forget(Keeping keeping) {
    bySecret(keeping.session().lane()).remove(keeping.secret());
  }

  /** A new standby has to know what there is. */
  private void tellAll(Lane lane) {
    standby.before(lane, latestMarks(lane));
    bySecret(lane).values().forEach(this::tellAllOf);
  }

  private void tellAllOf(Keeping keeping) {
    EdgeSession session = keeping.session();
    tellKept(keeping);
    session.hosting().tellStandby();
    session.memberships().forEach((group, meta) -> standby.moved(session, group, true, meta));
    keeping.settle(Long.MAX_VALUE);
    Mark settled = keeping.settled();
    if (settled != null) {
      standby.settled(session, settled);
    }
  }

  /** Of publications that may be on their way to the standby yet. */
  private List<Mark> latestMarks(Lane lane) {
    List<Mark> marks = new ArrayList<>();
    long since = millis() - ON_THE_WAY_MILLIS;
    Iterator<SentLog.Entry> backwards = log(lane).backwards();
    while (backwards.hasNext() && marks.size() < MOST_ON_THE_WAY) {
      SentLog.Entry entry = backwards.next();
      if (entry.millis() < since) {
        break;
      }
      if (entry instanceof SentLog.Published published && published.message().mark() != null) {
        marks.add(published.message().mark());
      }
    }
    return marks;
  }

  // ---- time

  /** The session has lost its client; it ends if that has not come back when its time is over. */
  void absent(Keeping keeping) {
    Lane lane = keeping.session().lane();
    lanes.get(lane.index()).absences.addLast(new Absence(keeping, keeping.absences(), millis()));
    sweepSoon(lane);
  }

  private void sweepSoon(Lane lane) {
    OfLane here = lanes.get(lane.index());
    if (!here.sweeping) {
      here.sweeping = true;
      long millis = Math.min(SWEEP_MILLIS, Math.max(1, windowMillis() / 4));
      fabric.vertx().setTimer(millis, timer -> lane.run(() -> sweep(lane, here)));
    }
  }

  private void sweep(Lane lane, OfLane here) {
    here.sweeping = false;
    long now = millis();
    Absence first = here.absences.peekFirst();
    while (first != null && (isOver(first) || first.sinceMillis() <= now - windowMillis())) {
      here.absences.removeFirst();
      if (!isOver(first)) {
        first.keeping().session().end(CloseReason.LOST);
      }
      first = here.absences.peekFirst();
    }
    if (now - here.settledMillis > silenceMillis() / 4) {
      here.settledMillis = now;
      settle(here, now - silenceMillis());
      here.late.values().removeIf(place -> now - place.millis() > silenceMillis());
    }
    if (!here.bySecret.isEmpty()) {
      sweepSoon(lane);
    }
  }

  private void settle(OfLane here, long millis) {
    for (Keeping keeping : here.bySecret.values()) {
      Mark settled = keeping.settle(millis) ? keeping.settled() : null;
      if (settled != null) {
        standby.settled(keeping.session(), settled);
      }
    }
  }

  private static boolean isOver(Absence absence) {
    return !absence.keeping().session().isOpen()
        || absence.keeping().absences() != absence.number();
  }

  // ---- clients that come back

  /**
   * Finds the session of a client that has come back. Empty if there is none, if it is of another
   * function or namespace, or if it is not known any more what the client has missed; such a
   * session ends, as its client goes on without it. Call it on the secret's lane.
   */
  Optional<Missed> claim(Lane lane, Claim claim) {
    Keeping keeping = bySecret(lane).get(claim.secret());
    if (keeping == null) {
      return Optional.empty();
    }
    EdgeSession session = keeping.session();
    if (!session.isOpen()
        || keeping.notes() != null
        || !session.function().equals(claim.function())
        || !session.handshake().namespace().equals(claim.namespace())) {
      return Optional.empty();
    }
    Optional<List<Outbound>> missed =
        Mark.parse(claim.offset()).flatMap(last -> missed(lane, keeping, last));
    missed.ifPresentOrElse(
        messages -> settle(keeping, claim, messages), () -> session.close(CloseReason.LOST));
    return missed.map(messages -> new Missed(session, messages));
  }

  private static void settle(Keeping keeping, Claim claim, List<Outbound> missed) {
    latest(missed).or(() -> Mark.parse(claim.offset())).ifPresent(keeping::settleAt);
  }

  /**
   * What a session that comes from another edge was sent there after the last event that was noted;
   * empty if that is not known. Call it when the session has its groups.
   */
  Optional<List<Outbound>> missed(Lane lane, SessionId secret, Notes notes) {
    Keeping keeping = bySecret(lane).get(secret);
    Mark last = notes.last();
    if (keeping == null || last == null) {
      return Optional.empty();
    }
    Optional<List<Outbound>> missed = missed(lane, keeping, last);
    missed.ifPresent(messages -> keeping.settleAt(latest(messages).orElse(last)));
    return missed;
  }

  private static Optional<Mark> latest(List<Outbound> messages) {
    return messages.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(messages.get(messages.size() - 1).mark());
  }

  private Optional<List<Outbound>> missed(Lane lane, Keeping keeping, Mark last) {
    EdgeSession session = keeping.session();
    return new SentLog.Search(
            session.sessionId(),
            session.function(),
            session.memberships().groups(),
            last,
            keeping.settled(),
            keeping.past())
        .in(log(lane).backwards());
  }
}
