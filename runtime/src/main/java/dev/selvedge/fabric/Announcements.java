package dev.selvedge.fabric;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's record and those of its peers. A changed section goes to all peers within a few
 * milliseconds, the whole record each second and to a newcomer at once; so one that is lost is made
 * up for. Each section carries a revision, which only its node counts up. The message that carries
 * them also tells that the sender is there and in which epoch of the pair; confined to lane 0, but
 * for {@link #announce}.
 */
final class Announcements {
  private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
  private static final int GATHER_MILLIS = 2;
  private static final int PERIOD_MILLIS = 1_000;
  private static final int HEARING_MILLIS = 500;

  /** What the bus carries. */
  private record Section(long revision, Buffer value) {}

  private final Vertx vertx;
  private final EventLoopLane lane0;
  private final NodeTable table;
  private final Map<String, Section> own = new HashMap<>();
  private final Set<String> changed = new HashSet<>();
  private final Map<NodeId, Map<String, Long>> seen = new HashMap<>();
  private long revision;
  private boolean gathering;
  private boolean started;
  private @Nullable Roster roster;
  private @Nullable Promise<Void> hearing;

  Announcements(Vertx vertx, EventLoopLane lane0, NodeTable table) {
    this.vertx = vertx;
    this.lane0 = lane0;
    this.table = table;
  }

  void roster(Roster roster) {
    this.roster = roster;
  }

  /**
   * Greets the peers, and again each second. Completes when all of them have answered, or after
   * half a second: one that is starting will greet by itself.
   */
  Future<Void> start() {
    started = true;
    vertx
        .eventBus()
        .<Object>consumer(Addresses.announcements(table.self()), message -> take(message.body()));
    Promise<Void> heard = Promise.promise();
    hearing = heard;
    sendAll(true);
    checkHearing();
    vertx.setPeriodic(PERIOD_MILLIS, ignored -> sendAll(false));
    vertx.setTimer(HEARING_MILLIS, ignored -> heard.tryComplete());
    return heard.future();
  }

  /** Any thread. */
  synchronized void announce(String section, JsonObject value) {
    own.put(section, new Section(++revision, value.toBuffer()));
    table
        .section(table.self(), section, value.copy())
        .ifPresent(node -> lane0.later(() -> table.tell(l -> l.announced(node, section))));
    changed.add(section);
    if (!gathering) {
      gathering = true;
      lane0.later(() -> vertx.setTimer(GATHER_MILLIS, ignored -> sendChanged()));
    }
  }

  /** A peer has joined: it is told all, and asked for all. */
  void joined(NodeId peer) {
    seen.put(peer, new HashMap<>());
    if (started) {
      send(peer, message(peer, true, null));
    }
  }

  void left(NodeId peer) {
    seen.remove(peer);
    checkHearing();
  }

  private void sendAll(boolean asking) {
    for (NodeId peer : roster().peers()) {
      send(peer, message(peer, asking, null));
    }
  }

  private void sendChanged() {
    Set<String> sections;
    synchronized (this) {
      gathering = false;
      sections = Set.copyOf(changed);
      changed.clear();
    }
    if (started) {
      for (NodeId peer : roster().peers()) {
        send(peer, message(peer, false, sections));
      }
    }
  }

  private void send(NodeId peer, Buffer message) {
    vertx.eventBus().send(Addresses.announcements(peer), message);
  }

  /**
   * @param only the sections to tell; null for all
   */
  private synchronized Buffer message(NodeId peer, boolean asking, @Nullable Set<String> only) {
    Map<String, Section> told = new HashMap<>(own);
    if (only != null) {
      told.keySet().retainAll(only);
    }
    ByteBuf bytes = Unpooled.buffer();
    ByteWriter out = new ByteWriter(bytes);
    out.text(table.self().value()).number(roster().epoch(peer)).flag(asking).number(told.size());
    told.forEach(
        (name, section) -> out.text(name).number(section.revision()).bytes(section.value()));
    return BufferInternal.buffer(bytes);
  }

  private void take(@Nullable Object body) {
    try {
      if (body instanceof BufferInternal bytes) {
        read(new ByteReader(bytes.getByteBuf()));
      }
    } catch (RuntimeException e) {
      LOG.warn("malformed announcement dropped: {}", e.getMessage());
    }
  }

  private void read(ByteReader in) {
    NodeId from = new NodeId(in.requiredText());
    long epoch = in.number();
    boolean asks = in.flag();
    long present = roster().epoch(from);
    if (present == 0) {
      return;
    }
    if (epoch > present) {
      // Joining anew asks it for all that it announces.
      roster().reach(from, epoch);
      return;
    }
    if (asks) {
      send(from, message(from, false, null));
    }
    if (epoch < present) {
      return;
    }
    sections(from, in);
    roster().heard(from);
    checkHearing();
  }

  private void sections(NodeId from, ByteReader in) {
    Map<String, Long> known = seen.getOrDefault(from, new HashMap<>());
    for (int left = in.number("sections", in.remaining()); left > 0; left--) {
      String name = in.requiredText();
      long revision = in.number();
      Buffer value = Objects.requireNonNull(in.bytes(), "section");
      if (revision > known.getOrDefault(name, 0L)) {
        known.put(name, revision);
        table
            .section(from, name, new JsonObject(value))
            .ifPresent(node -> table.tell(listener -> listener.announced(node, name)));
      }
    }
  }

  private void checkHearing() {
    if (hearing != null && roster().allHeard()) {
      hearing.tryComplete();
    }
  }

  private Roster roster() {
    return Objects.requireNonNull(roster);
  }
}
