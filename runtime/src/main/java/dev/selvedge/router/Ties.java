package dev.selvedge.router;

import dev.selvedge.router.PoolSpec.Sticky;
import dev.selvedge.router.PoolSpec.Tie;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What ties the clients of a pool to its members. Any thread. */
final class Ties {
  /** Clocks of nodes differ, but not by that. */
  private static final long FUTURE_SECONDS = TimeUnit.DAYS.toSeconds(1);

  /** The query parameters that carry a session id: of Engine.IO and of SignalR. */
  private static final List<String> ID_PARAMETERS = List.of("sid", "id");

  private static final Future<Bond> NONE = Future.succeededFuture(Bond.NONE);

  /** The members by what cookies call them, with these keys. */
  private record Names(StickyKeys keys, Map<String, Member> members) {}

  private final String pool;
  private final Supplier<StickyKeys> keys;
  private final LearnedIds learned;
  private final Colleagues colleagues;
  private final Timing timing;
  private volatile List<Member> members = List.of();
  private volatile @Nullable Names names;

  Ties(
      String pool,
      Supplier<StickyKeys> keys,
      LearnedIds learned,
      Colleagues colleagues,
      Timing timing) {
    this.pool = pool;
    this.keys = keys;
    this.learned = learned;
    this.colleagues = colleagues;
    this.timing = timing;
  }

  void members(Collection<Member> present) {
    members = List.copyOf(present);
    names = null;
  }

  LearnedIds learned() {
    return learned;
  }

  private static StickyCookie cookie(Sticky sticky) {
    return new StickyCookie(sticky.cookieName(), sticky.sameSite());
  }

  // ---- finding

  /**
   * The request's tie: the first of the pool's kinds that leads to a member.
   *
   * @return complete, unless other nodes are asked; does not fail
   */
  Future<Bond> find(Sticky sticky, RequestView request) {
    return find(sticky, 0, request, Bond.NONE);
  }

  private Future<Bond> find(Sticky sticky, int first, RequestView request, Bond before) {
    Bond bond = before;
    for (int i = first; i < sticky.by().size(); i++) {
      Tie tie = sticky.by().get(i);
      Future<Bond> asked = find(sticky, tie, request);
      if (!asked.isComplete()) {
        int next = i + 1;
        Bond so = bond;
        return asked.compose(answer -> goOn(sticky, next, request, so.or(answer)));
      }
      bond = bond.or(asked.result());
      if (bond.member() != null) {
        break;
      }
    }
    return Future.succeededFuture(bond);
  }

  private Future<Bond> find(Sticky sticky, Tie tie, RequestView request) {
    if (tie instanceof Tie.SignedCookie) {
      return Future.succeededFuture(byCookie(sticky, request));
    }
    return tie instanceof Tie.ByKey byKey ? byKey(byKey, request) : bySessionId(request);
  }

  private Future<Bond> goOn(Sticky sticky, int next, RequestView request, Bond bond) {
    return bond.member() == null ? find(sticky, next, request, bond) : Future.succeededFuture(bond);
  }

  private Bond byCookie(Sticky sticky, RequestView request) {
    List<String> values = cookie(sticky).values(request.header("cookie"));
    for (String value : values) {
      Optional<StickyTicket> ticket = StickyCookieCodec.decode(keys.get(), pool, value);
      Member member = ticket.filter(t -> isAlive(sticky, t)).map(this::member).orElse(null);
      if (member != null) {
        return new Bond(member, true, ticket.orElse(null));
      }
    }
    return values.isEmpty() ? Bond.NONE : Bond.NONE.broken();
  }

  private boolean isAlive(Sticky sticky, StickyTicket ticket) {
    long now = seconds();
    long idle = sticky.idle().toSeconds();
    long life = sticky.life().toSeconds();
    return ticket.seen() - now <= FUTURE_SECONDS
        && ticket.issued() <= ticket.seen()
        && (idle == 0 || now - ticket.seen() <= idle)
        && (life == 0 || now - ticket.issued() <= life);
  }

  private long seconds() {
    return TimeUnit.MILLISECONDS.toSeconds(timing.epochMillis());
  }

  private @Nullable Member member(StickyTicket ticket) {
    StickyKeys present = keys.get();
    Names known = names;
    if (known == null || known.keys() != present) {
      known = name(present);
      names = known;
    }
    return known.members().get(ticket.keyId() + "." + ticket.memberId());
  }

  private Names name(StickyKeys present) {
    Map<String, Member> byName = new HashMap<>();
    for (StickyKey key : present.all()) {
      for (Member member : members) {
        byName.put(key.id() + "." + key.memberId(pool, member.address()), member);
      }
    }
    return new Names(present, byName);
  }

  /**
   * The member that the key leads to. A disabled one is for clients that it had before only; for
   * others the key leads to the next.
   */
  private Future<Bond> byKey(Tie.ByKey tie, RequestView request) {
    String value = RequestKeys.value(tie.key(), request);
    if (value == null) {
      return NONE;
    }
    List<Member> order = Rendezvous.order(value, members);
    String id = Rendezvous.id(value);
    Member disabled = first(order, member -> member.state() == MemberState.DISABLED);
    Member open = first(order, member -> member.state().takesNew());
    if (disabled == null || open != null && order.indexOf(open) < order.indexOf(disabled)) {
      return Future.succeededFuture(tiedBy(id, open));
    }
    return whoHad(id)
        .map(before -> tiedBy(id, before.equals(disabled.address()) ? disabled : open));
  }

  private static @Nullable Member first(List<Member> order, Predicate<Member> wanted) {
    return order.stream().filter(wanted).findFirst().orElse(null);
  }

  private Bond tiedBy(String id, @Nullable Member member) {
    if (member == null) {
      return Bond.NONE.broken();
    }
    if (!learned.member(id).equals(Optional.of(member.address()))) {
      learned.learn(id, member.address());
    }
    return new Bond(member, true, null);
  }

  /** The member that had the clients of a key, here or at another node; empty for none. */
  private Future<String> whoHad(String id) {
    Optional<String> known = learned.member(id);
    if (known.isPresent() || learned.isUnknown(id, timing.nanos())) {
      return Future.succeededFuture(known.orElse(""));
    }
    return colleagues
        .whoLearned(pool, id)
        .orElseGet(() -> Future.succeededFuture(Optional.empty()))
        .map(answer -> answer.orElse(""));
  }

  private Future<Bond> bySessionId(RequestView request) {
    String id = sessionId(request);
    if (id == null) {
      return Future.succeededFuture(Bond.NONE);
    }
    Optional<String> known = learned.member(id);
    if (known.isPresent() || learned.isUnknown(id, timing.nanos())) {
      return Future.succeededFuture(at(known));
    }
    return colleagues
        .whoLearned(pool, id)
        .map(asked -> asked.map(answer -> at(remember(id, answer))))
        .orElseGet(() -> Future.succeededFuture(Bond.NONE.broken()));
  }

  private static @Nullable String sessionId(RequestView request) {
    for (String parameter : ID_PARAMETERS) {
      String id = request.query(parameter);
      if (id != null && LearnedIds.looksLikeId(id)) {
        return id;
      }
    }
    return null;
  }

  private Optional<String> remember(String id, Optional<String> answer) {
    if (answer.isPresent()) {
      learned.learn(id, answer.get());
    } else {
      learned.unknown(id, timing.nanos());
    }
    return answer;
  }

  private Bond at(Optional<String> address) {
    return address
        .flatMap(at -> members.stream().filter(m -> m.address().equals(at)).findFirst())
        .map(member -> new Bond(member, true, null))
        .orElse(Bond.NONE.broken());
  }

  // ---- writing

  /**
   * The Set-Cookie header for a client that got this member; null if its cookie is as it should be,
   * or there is none in this pool.
   */
  @Nullable String cookieFor(
      Sticky sticky, Member member, @Nullable StickyTicket shown, boolean secure) {
    if (sticky.by().stream().noneMatch(Tie.SignedCookie.class::isInstance)) {
      return null;
    }
    StickyKey key = keys.get().current();
    long now = seconds();
    StickyTicket stays = shown != null && member.equals(member(shown)) ? shown : null;
    if (stays != null && stays.keyId().equals(key.id()) && isRecent(sticky, stays, now)) {
      return null;
    }
    long issued = stays == null ? now : stays.issued();
    String id = key.memberId(pool, member.address());
    String value = StickyCookieCodec.encode(key, pool, id, issued, Math.max(now, issued));
    return cookie(sticky).set(value, secure);
  }

  /** A cookie that idles is written anew now and then, not with each answer. */
  private static boolean isRecent(Sticky sticky, StickyTicket shown, long now) {
    long idle = sticky.idle().toSeconds();
    return idle == 0 || now - shown.seen() <= idle / 4;
  }
}
