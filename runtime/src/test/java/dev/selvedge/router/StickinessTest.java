package dev.selvedge.router;

import static dev.selvedge.router.Fixture.at;
import static dev.selvedge.router.Fixture.back;
import static dev.selvedge.router.Fixture.in;
import static dev.selvedge.router.Fixture.limited;
import static dev.selvedge.router.Fixture.member;
import static dev.selvedge.router.Fixture.of;
import static dev.selvedge.router.Fixture.take;
import static dev.selvedge.router.Fixture.tied;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.router.Lease.Stickiness;
import dev.selvedge.router.MemberSpec.AdminState;
import dev.selvedge.router.PoolSpec.AtLimit;
import dev.selvedge.router.PoolSpec.Key;
import dev.selvedge.router.PoolSpec.Tie;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StickinessTest {
  private static final String SID = "lv_VI97HAXpY6yYWAAAC";

  private final Fixture router = new Fixture();
  private final Pool pool = router.pool(of(member("a:1"), member("b:1"), member("c:1")));

  private static String value(FakeRequest request) {
    String cookie = request.header("cookie");
    return cookie.substring(cookie.indexOf('=') + 1);
  }

  private static FakeRequest showing(String value) {
    return FakeRequest.plain().with("cookie", "selvedge-shop=" + value);
  }

  // ---- the cookie

  @Test
  void aClientWithACookieReturnsToItsMember() {
    Lease first = take(pool);
    assertEquals(Stickiness.NONE, first.stickiness());
    FakeRequest again = back(first);
    take(pool, 50);

    for (int i = 0; i < 10; i++) {
      Lease lease = take(pool, again);
      assertEquals(first.member(), lease.member());
      assertEquals(Stickiness.HIT, lease.stickiness());
      assertNull(lease.setCookie(true), "it has the right one");
    }
    assertEquals(10, first.member().stats().stickyHits());
  }

  @Test
  void theCookieTellsNothingOfTheMember() {
    Lease lease = take(pool);
    String header = lease.setCookie(false);

    assertTrue(header.startsWith("selvedge-shop=v1."), header);
    assertTrue(header.endsWith("; Path=/; HttpOnly; SameSite=Lax"), header);
    assertFalse(header.contains(lease.member().address()), header);
  }

  @Test
  void overTlsTheCookieIsOfThisHostOnly() {
    String header = take(pool).setCookie(true);

    assertTrue(header.startsWith("__Host-selvedge-shop=v1."), header);
    assertTrue(header.endsWith("; Path=/; HttpOnly; Secure; SameSite=Lax"), header);
  }

  @Test
  void aCookieForOtherSitesPagesIsSecureAndPartitioned() {
    StickyCookie cookie = new StickyCookie("s", "none");

    assertEquals(
        "__Host-s=v; Path=/; HttpOnly; Secure; SameSite=None; Partitioned", cookie.set("v", true));
    assertEquals("s=v; Path=/; HttpOnly; SameSite=Lax", cookie.set("v", false));
    assertEquals(
        "s=v; Path=/; HttpOnly; SameSite=Strict", new StickyCookie("s", "strict").set("v", false));
  }

  @Test
  void anotherRouterWithTheSameSecretKnowsTheCookie() {
    Pool other = new Fixture(9).pool(of(member("c:1"), member("b:1"), member("a:1")));
    Lease lease = take(pool);

    assertEquals(lease.member().address(), take(other, back(lease)).member().address());
  }

  @Test
  void aMemberThatLeftAndReturnedIsStillTheClients() {
    Lease lease = take(pool);
    FakeRequest again = back(lease);
    String address = lease.member().address();
    lease.release();

    pool.update(pool.spec().withMembers(List.of(member("x:1"))));
    assertEquals(Stickiness.REHOMED, take(pool, again).stickiness());
    pool.update(pool.spec().withMembers(List.of(member("x:1"), member(address))));

    assertEquals(address, take(pool, again).member().address());
  }

  @Test
  void whatIsNotOurCookieIsBalancedAfreshAndNeverAnError() {
    FakeRequest good = back(take(pool));
    String value = value(good);
    StickyKeys foreign = StickyKeys.of("another secret, also long enough", Optional.empty());
    String now = Long.toString(router.timing.epochMillis() / 1_000);
    String id = foreign.current().memberId("shop", "a:1");
    List<String> bad = new ArrayList<>();
    for (int i = 0; i < value.length(); i++) {
      bad.add(value.substring(0, i));
      char changed = value.charAt(i) == 'A' ? 'B' : 'A';
      bad.add(value.substring(0, i) + changed + value.substring(i + 1));
    }
    bad.add(value + "A");
    bad.add(value + "." + value);
    bad.add("x".repeat(8_192));
    bad.add("v1.....");
    bad.add("\"" + value + "\"");
    bad.add("ÿ\u0000\u007f");
    bad.add(StickyCookieCodec.encode(foreign.current(), "shop", id, Long.parseLong(now), 1));
    bad.add(
        StickyCookieCodec.encode(
            Fixture.KEYS.current(),
            "another-pool",
            Fixture.KEYS.current().memberId("another-pool", "a:1"),
            Long.parseLong(now),
            Long.parseLong(now)));

    for (String one : bad) {
      Lease lease = take(pool, showing(one));
      assertEquals(Stickiness.REHOMED, lease.stickiness(), one);
      assertTrue(lease.setCookie(true) != null, one);
      lease.release();
    }
    assertEquals(Stickiness.HIT, take(pool, showing(value)).stickiness());
  }

  @Test
  void theLastCharacterOfTheMacCounts() {
    // 128 bits are 21 characters and 2 bits: four characters decode to the same bytes.
    String value = value(back(take(pool)));
    Set<Stickiness> outcomes = new HashSet<>();
    for (char c :
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".toCharArray()) {
      if (c != value.charAt(value.length() - 1)) {
        outcomes.add(take(pool, showing(value.substring(0, value.length() - 1) + c)).stickiness());
      }
    }
    assertEquals(Set.of(Stickiness.REHOMED), outcomes);
  }

  @Test
  void aCookieThatIdledTooLongIsBalancedAfresh() {
    FakeRequest again = back(take(pool));

    router.timing.pass(Duration.ofMinutes(59));
    assertEquals(Stickiness.HIT, take(pool, again).stickiness());
    router.timing.pass(Duration.ofMinutes(2));

    assertEquals(Stickiness.REHOMED, take(pool, again).stickiness());
  }

  @Test
  void aCookieInUseIsRenewedNowAndThenAndEndsAtItsLife() {
    FakeRequest request = back(take(pool));
    int renewals = 0;
    Duration each = Duration.ofMinutes(5);
    for (Duration age = each; age.compareTo(Duration.ofHours(24)) <= 0; age = age.plus(each)) {
      router.timing.pass(each);
      Lease lease = take(pool, request);
      assertEquals(Stickiness.HIT, lease.stickiness(), "at the age of " + age);
      if (lease.setCookie(true) != null) {
        renewals++;
        request = back(lease);
      }
      lease.release();
    }
    assertEquals(72, renewals, 2, "every 20 minutes: the first request after a quarter of an hour");

    router.timing.pass(each);
    assertEquals(Stickiness.REHOMED, take(pool, request).stickiness());
  }

  @Test
  void aCookieOfThePreviousSecretIsBelievedAndReplaced() {
    Lease first = take(pool);
    FakeRequest again = back(first);

    router.keys =
        StickyKeys.of(
            "the next secret, long enough too",
            Optional.of("a secret of the cluster, long enough"));
    Lease lease = take(pool, again);

    assertEquals(Stickiness.HIT, lease.stickiness());
    assertEquals(first.member(), lease.member());
    FakeRequest renewed = back(lease);
    assertNotEquals(value(again), value(renewed));
    router.keys = StickyKeys.of("the next secret, long enough too", Optional.empty());
    assertEquals(Stickiness.HIT, take(pool, renewed).stickiness());
    assertEquals(Stickiness.REHOMED, take(pool, again).stickiness());
  }

  @Test
  void theCookieIsFoundAmongOthersAndTheFirstValidOneCounts() {
    Lease first = take(pool);
    String value = value(back(first));
    FakeRequest request =
        FakeRequest.plain()
            .with(
                "cookie",
                "a=b;selvedge-shop=forged; selvedge-shopping=x; __Host-selvedge-shop=" + value);

    assertEquals(first.member(), take(pool, request).member());
  }

  @Test
  void aPoolWithoutCookiesSetsNone() {
    Pool plain = router.pool(tied(of(member("a:1")), new Tie.SessionId()));

    assertNull(take(plain).setCookie(true));
  }

  // ---- states

  @Test
  void aDisabledMemberKeepsItsClientsAndAForcedOneDoesNot() {
    Lease first = take(pool);
    FakeRequest again = back(first);
    List<MemberSpec> specs = new ArrayList<>(pool.spec().members());
    int index = specs.indexOf(first.member().spec());

    specs.set(index, in(first.member().spec(), AdminState.DISABLED));
    pool.update(pool.spec().withMembers(specs));
    for (int i = 0; i < 10; i++) {
      assertNotEquals(first.member(), take(pool).member());
    }
    assertEquals(first.member(), take(pool, again).member());

    specs.set(index, in(first.member().spec(), AdminState.FORCED_OFFLINE));
    pool.update(pool.spec().withMembers(specs));
    Lease moved = take(pool, again);
    assertNotEquals(first.member(), moved.member());
    assertEquals(Stickiness.REHOMED, moved.stickiness());
    assertEquals(1, first.member().stats().stickyMisses());
    assertEquals(moved.member(), take(pool, back(moved)).member());
  }

  @Test
  void aClientWhoseMemberIsDownGetsAnotherAndItsCookie() {
    Lease first = take(pool);
    first.member().health(false, "refused");

    Lease moved = take(pool, back(first));

    assertEquals(Stickiness.REHOMED, moved.stickiness());
    assertTrue(moved.setCookie(true) != null);
  }

  @Test
  void aRetryLeavesTheMemberOfTheTie() {
    Lease first = take(pool);

    Lease second = Fixture.got(take(pool, back(first)).retry());

    assertNotEquals(first.member(), second.member());
    assertEquals(Stickiness.REHOMED, second.stickiness());
  }

  // ---- limits

  private Pool full(AtLimit atLimit) {
    Pool small =
        router.pool(Fixture.atLimit(of(limited("a:1", 1, 0), limited("b:1", 9, 0)), atLimit));
    at(small, "b:1").health(false, "later");
    take(small);
    at(small, "b:1").health(true, "");
    return small;
  }

  private static FakeRequest ofA() {
    StickyKey key = Fixture.KEYS.current();
    long now = new FakeTiming(1).epochMillis() / 1_000;
    return showing(StickyCookieCodec.encode(key, "shop", key.memberId("shop", "a:1"), now, now));
  }

  @Test
  void atItsMembersLimitAClientWaits() {
    Pool small = full(AtLimit.QUEUE);
    Admission waits = small.admit(Traffic.TUNNEL, ofA());

    assertFalse(waits.lease().isComplete());
    assertEquals(1, at(small, "a:1").stats().queued());
    assertEquals(1, at(small, "a:1").stats().limitHits());
    at(small, "a:1").leases().iterator().next().release();
    assertEquals("a:1", Fixture.got(waits).member().address());
    assertEquals(Stickiness.HIT, Fixture.got(waits).stickiness());
  }

  @Test
  void atItsMembersLimitAClientIsRebalanced() {
    Lease lease = take(full(AtLimit.REBALANCE), ofA());

    assertEquals("b:1", lease.member().address());
    assertEquals(Stickiness.REHOMED, lease.stickiness());
  }

  @Test
  void atItsMembersLimitAClientExceedsIt() {
    Lease lease = take(full(AtLimit.EXCEED), ofA());

    assertEquals("a:1", lease.member().address());
    assertEquals(2, lease.member().tunnels());
  }

  // ---- keys

  @Test
  void clientsStickByTheirAddress() {
    Pool bySource = router.pool(tied(pool.spec(), new Tie.ByKey(new Key.Source())));
    FakeRequest request = FakeRequest.plain().from("198.51.100.20");
    Lease first = take(bySource, request);

    for (int i = 0; i < 10; i++) {
      assertEquals(first.member(), take(bySource, request).member());
    }
    first.member().health(false, "refused");
    Member other = take(bySource, request).member();
    assertNotEquals(first.member(), other);
    assertEquals(other, take(bySource, request).member());
    first.member().health(true, "");
    assertEquals(first.member(), take(bySource, request).member());
  }

  private static Member disable(Pool at, Member member) {
    List<MemberSpec> specs = new ArrayList<>(at.spec().members());
    specs.set(specs.indexOf(member.spec()), in(member.spec(), AdminState.DISABLED));
    at.update(at.spec().withMembers(specs));
    return member;
  }

  /** An address that the pool ties to a member, and that was not there before. */
  private static FakeRequest newClientOf(Pool bySource, Member member) {
    List<Member> members = List.copyOf(bySource.members());
    for (int i = 1; i < 250; i++) {
      String address = "203.0.113." + i;
      if (Rendezvous.order(address, members).get(0).equals(member)) {
        return FakeRequest.plain().from(address);
      }
    }
    throw new IllegalStateException("no address leads to " + member);
  }

  @Test
  void aDisabledMemberKeepsTheKeysThatItHadAndGetsNoNewOnes() {
    Pool bySource = router.pool(tied(pool.spec(), new Tie.ByKey(new Key.Source())));
    FakeRequest known = FakeRequest.plain().from("198.51.100.20");
    Member disabled = disable(bySource, take(bySource, known).member());

    Lease back = take(bySource, known);
    Lease other = take(bySource, newClientOf(bySource, disabled));

    assertEquals(disabled, back.member());
    assertEquals(Stickiness.HIT, back.stickiness());
    assertNotEquals(disabled, other.member());
  }

  @Test
  void whetherADisabledMemberHadAKeyIsAskedForAtTheOtherNodes() {
    Pool asking = withColleagues();
    asking.update(tied(asking.spec(), new Tie.ByKey(new Key.Source())));
    Member disabled = disable(asking, asking.members().iterator().next());
    FakeRequest client = newClientOf(asking, disabled);
    Admission admission = Fixture.ask(asking, client);
    assertFalse(admission.lease().isComplete());

    answer.complete(Optional.of(disabled.address()));

    assertEquals(disabled, Fixture.got(admission).member());
    assertEquals(disabled, take(asking, client).member());
    assertEquals(1, asked.size());
  }

  // ---- strict

  private static PoolSpec strict(PoolSpec s) {
    PoolSpec.Sticky sticky = s.sticky();
    return Fixture.with(
        s,
        new PoolSpec.Sticky(
            sticky.by(),
            sticky.cookieName(),
            sticky.idle(),
            sticky.life(),
            sticky.sameSite(),
            sticky.atLimit(),
            true));
  }

  @Test
  void aStrictPoolRefusesTheClientsOfAMemberThatIsGone() {
    pool.update(strict(pool.spec()));
    Lease first = take(pool);
    FakeRequest again = back(first);

    first.member().health(false, "refused");
    assertEquals(RouterException.Reason.MEMBER_GONE, Fixture.refusal(Fixture.ask(pool, again)));
    assertEquals(Stickiness.NONE, take(pool).stickiness());
    assertEquals(1, first.member().stats().stickyMisses());

    first.member().health(true, "");
    Lease back = take(pool, again);
    assertEquals(first.member(), back.member());
    assertEquals(RouterException.Reason.MEMBER_GONE, Fixture.refusal(back.retry()));
  }

  @Test
  void aStrictPoolBalancesWhatIsForgedOrNamesARemovedMember() {
    pool.update(strict(pool.spec()));
    Lease first = take(pool);
    FakeRequest again = back(first);
    List<MemberSpec> specs = new ArrayList<>(pool.spec().members());
    specs.remove(first.member().spec());

    pool.update(pool.spec().withMembers(specs));

    assertEquals(Stickiness.REHOMED, take(pool, again).stickiness());
    assertEquals(
        Stickiness.REHOMED,
        take(pool, FakeRequest.plain().with("cookie", "selvedge-shop=v1.forged")).stickiness());
  }

  @Test
  void whoWaitsForAMemberOfAStrictPoolIsRefusedWhenItGoes() {
    Pool small = router.pool(strict(Fixture.atLimit(of(limited("a:1", 1, 0)), AtLimit.QUEUE)));
    Lease first = take(small);
    Admission waiting = Fixture.ask(small, back(first));
    assertFalse(waiting.lease().isComplete());

    first.member().health(false, "refused");

    assertEquals(RouterException.Reason.MEMBER_GONE, Fixture.refusal(waiting));
    assertEquals(0, small.waiting());
    assertEquals(0, first.member().stats().queued());
  }

  @Test
  void withoutTheKeyTheNextTieCounts() {
    Pool both =
        router.pool(
            tied(pool.spec(), new Tie.ByKey(new Key.Header("x-user")), new Tie.SignedCookie()));
    Lease first = take(both);

    assertEquals(Stickiness.NONE, first.stickiness());
    assertEquals(first.member(), take(both, back(first)).member());
  }

  // ---- learned session ids

  @Test
  void aSessionIdThatTheMemberGaveOutLeadsBack() {
    Lease first = take(pool);
    first.learn(SID);
    take(pool, 20);

    Lease poll = take(pool, FakeRequest.plain().asking("sid", SID));
    Lease signalR = take(pool, FakeRequest.plain().asking("id", SID));

    assertEquals(first.member(), poll.member());
    assertEquals(Stickiness.HIT, poll.stickiness());
    assertEquals(first.member(), signalR.member());
  }

  @Test
  void theCookieComesBeforeTheSessionId() {
    Lease one = take(pool);
    Lease other = take(pool);
    other.learn(SID);

    assertEquals(one.member(), take(pool, back(one).asking("sid", SID)).member());
  }

  @Test
  void anUnknownSessionIdIsBalanced() {
    assertEquals(
        Stickiness.REHOMED, take(pool, FakeRequest.plain().asking("sid", SID)).stickiness());
    assertEquals(Stickiness.NONE, take(pool, FakeRequest.plain().asking("id", "42")).stickiness());
  }

  @Test
  void theOldestIdsAreForgotten() {
    LearnedIds ids = new LearnedIds();
    for (int i = 0; i < LearnedIds.MAX_IDS + 10; i++) {
      ids.learn(String.format("session-%010d", i), "a:1");
      ids.member(SID);
    }

    assertEquals(LearnedIds.MAX_IDS, ids.size());
    assertTrue(ids.member("session-0000000009").isEmpty());
    assertTrue(ids.member("session-0000000010").isPresent());
  }

  // ---- ids that another node has learned

  private final List<String> asked = new ArrayList<>();
  private Promise<Optional<String>> answer = Promise.promise();
  private boolean busy;

  private Pool withColleagues() {
    Colleagues colleagues =
        (name, id) -> {
          asked.add(id);
          return busy ? Optional.empty() : Optional.<Future<Optional<String>>>of(answer.future());
        };
    return new Fixture(3, colleagues).pool(pool.spec());
  }

  @Test
  void anIdThatAnotherNodeLearnedLeadsToItsMember() {
    Pool asking = withColleagues();
    Admission admission = Fixture.ask(asking, FakeRequest.plain().asking("sid", SID));
    assertFalse(admission.lease().isComplete());

    answer.complete(Optional.of("c:1"));

    assertEquals("c:1", Fixture.got(admission).member().address());
    assertEquals("c:1", take(asking, FakeRequest.plain().asking("sid", SID)).member().address());
    assertEquals(List.of(SID), asked, "asked once, then known");
  }

  @Test
  void anIdThatNobodyKnowsIsAskedForOnce() {
    Pool asking = withColleagues();
    Admission admission = Fixture.ask(asking, FakeRequest.plain().asking("sid", SID));

    answer.complete(Optional.empty());

    assertEquals(Stickiness.REHOMED, Fixture.got(admission).stickiness());
    take(asking, FakeRequest.plain().asking("sid", SID));
    assertEquals(1, asked.size());
  }

  @Test
  void withTooManyQuestionsOpenNobodyIsAsked() {
    Pool asking = withColleagues();
    busy = true;

    assertEquals(
        Stickiness.REHOMED, take(asking, FakeRequest.plain().asking("sid", SID)).stickiness());
  }

  @Test
  void aClientThatGoesWhileOthersAreAskedGetsNoPlace() {
    Pool asking = withColleagues();
    Admission admission = Fixture.ask(asking, FakeRequest.plain().asking("sid", SID));

    admission.abandon().run();
    answer.complete(Optional.of("c:1"));

    assertEquals(RouterException.Reason.ABANDONED, Fixture.refusal(admission));
    asking.members().forEach(member -> assertEquals(0, member.tunnels()));
  }
}
