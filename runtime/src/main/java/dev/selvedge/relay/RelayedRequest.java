package dev.selvedge.relay;

import dev.selvedge.edge.BodyReader;
import dev.selvedge.edge.ClientExchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.router.Admission;
import dev.selvedge.router.Lease;
import dev.selvedge.router.Pool;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.router.Route;
import dev.selvedge.router.RouterException;
import dev.selvedge.router.Traffic;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a member, and the answer on its way back. Confined to the event loop
 * that both sockets live on.
 *
 * <p>It goes: a place at a member, a connection to it, the request, the answer; then it is over,
 * and everything it held is given back, each exactly once. Nothing of body or answer is kept: each
 * side is read only while the other takes what comes.
 *
 * <p>Another member is tried only while none of the request's bytes went out. One exception: an
 * idle connection that the member had closed unseen fails with the first bytes; a request that may
 * be repeated, and has no body, is sent once more to the same member on a new connection.
 */
final class RelayedRequest implements MemberConnection.User, MemberConnections.Outcome, BodyReader {
  private final LaneRelay lane;
  private final ClientExchange exchange;
  private final ExchangeView view;
  private final Route route;
  private final Pool pool;
  private final Predicate<String> ourCookie;
  private final PoolSpec.Relaying relaying;
  private final @Nullable Access access;
  private final long begun = System.nanoTime();
  private String target = "";
  private long picked;
  private @Nullable Admission admission;
  private @Nullable Lease lease;
  private @Nullable MemberConnection connection;
  private @Nullable RelayedAnswer answer;
  private @Nullable AnswerHead head;
  private boolean requestEnded;
  private boolean repeated;
  private boolean over;

  /** A member was found whose connection could not be made secure. */
  private boolean untrusted;

  RelayedRequest(
      LaneRelay lane,
      ClientExchange exchange,
      ExchangeView view,
      Route route,
      Pool pool,
      Predicate<String> ourCookie,
      @Nullable Access access) {
    this.lane = lane;
    this.access = access;
    this.exchange = exchange;
    this.view = view;
    this.route = route;
    this.pool = pool;
    this.ourCookie = ourCookie;
    this.relaying = pool.spec().relaying();
    this.requestEnded = !exchange.hasBody();
  }

  /**
   * @throws HttpError for a target that cannot be rewritten
   */
  void begin() {
    target = RawTarget.forMember(route, exchange.rawTarget());
    exchange.streamBody(this);
    exchange.onAborted(this::clientGone);
    await(pool.admit(traffic(), view));
  }

  private Traffic traffic() {
    String accept = exchange.header("accept");
    boolean stream = accept != null && accept.contains("text/event-stream");
    return stream || exchange.isWebSocketHandshake() ? Traffic.TUNNEL : Traffic.REQUEST;
  }

  // ---- a place at a member

  private void await(Admission next) {
    admission = next;
    next.lease().onSuccess(this::admitted).onFailure(this::refused);
  }

  private void admitted(Lease granted) {
    admission = null;
    if (over) {
      granted.release();
      return;
    }
    lease = granted;
    picked = System.nanoTime();
    if (access != null) {
      access.got(granted);
    }
    boolean fresh = exchange.isWebSocketHandshake();
    lane.connections().acquire(granted.member(), relaying, fresh, this);
  }

  private void refused(Throwable cause) {
    admission = null;
    if (untrusted && cause instanceof RouterException) {
      failWith(
          new HttpError(
              502, "bad-gateway", "the connection to the server behind this is not secure"));
    } else if (cause instanceof RouterException none) {
      failWith(
          new HttpError(
              503,
              "no-server",
              "no server can take this request now",
              Map.of("retry-after", Integer.toString(none.retryAfterSeconds()))));
    } else {
      exchange.context().reportException(cause);
      failWith(new HttpError(500, "internal-error", "the request could not be handled"));
    }
  }

  // ---- a connection to it

  @Override
  public void connected(MemberConnection made) {
    Lease held = lease;
    if (over || held == null) {
      made.release(true, relaying.keepAlive());
      return;
    }
    connection = made;
    if (!made.wasUsedBefore()) {
      held.connected(System.nanoTime() - picked);
    }
    made.expect(relaying.answer());
    made.begin(
        RequestHead.forMember(exchange, target, held.member(), relaying.rewriteHost(), ourCookie),
        this);
    if (!requestEnded) {
      exchange.resumeBody();
    }
  }

  /** No connection: another member, if there is one. */
  @Override
  public void failed(Throwable cause) {
    Lease held = lease;
    lease = null;
    if (over || held == null) {
      return;
    }
    untrusted |= cause instanceof SSLException;
    exchange.context().dispatch(held, failed -> await(failed.retry()));
  }

  // ---- the request's body

  @Override
  public void chunk(ByteBuf chunk) {
    MemberConnection to = connection;
    Lease held = lease;
    if (over || to == null || held == null) {
      chunk.release();
      return;
    }
    passed(held, chunk.readableBytes(), 0);
    to.write(chunk);
    if (answer == null) {
      to.expect(relaying.answer());
    }
    if (!to.writable()) {
      exchange.pauseBody();
    }
  }

  @Override
  public void end() {
    requestEnded = true;
    if (!over && connection != null) {
      connection.endRequest();
    }
  }

  @Override
  public void failed(HttpError error) {
    because(error.status(), error.code());
    giveUp();
  }

  @Override
  public void drained() {
    if (!over && !requestEnded) {
      exchange.resumeBody();
    }
  }

  // ---- the answer

  @Override
  public void interim(AnswerHead interim) {
    // The edge has said 100 itself, and 102 says nothing that a client needs.
    if (interim.status() == 103) {
      exchange.interim(103, ResponseHeaders.forClient(interim.headers(), 103, ourCookie, null));
    }
  }

  @Override
  public void head(AnswerHead came) {
    MemberConnection from = connection;
    Lease held = lease;
    if (over || from == null || held == null) {
      return;
    }
    head = came;
    if (access != null) {
      access.answered(came.status());
    }
    if (from.wasUsedBefore()) {
      held.connected(0);
    }
    if (came.status() == 101) {
      if (!Upgrade.isAccepted(exchange, came)) {
        bad(new BadAnswer("a 101 that was not asked for"));
      }
      return;
    }
    RelayedAnswer begunAnswer = RelayedAnswer.begin(exchange, came, from, held, ourCookie);
    answer = begunAnswer;
    from.expect(relaying.tunnelIdle());
    if (begunAnswer.isEventStream()) {
      held.onEvict(this::evict, this::endStream);
    }
  }

  @Override
  public void body(ByteBuf bytes) {
    RelayedAnswer to = answer;
    MemberConnection from = connection;
    Lease held = lease;
    if (over || to == null || from == null || held == null) {
      bytes.release();
      return;
    }
    passed(held, 0, bytes.readableBytes());
    from.expect(relaying.tunnelIdle());
    if (!to.pass(bytes)) {
      endStream();
    }
  }

  @Override
  public void end(boolean behind) {
    MemberConnection from = connection;
    RelayedAnswer to = answer;
    AnswerHead came = head;
    if (over || from == null || to == null || came == null) {
      return;
    }
    to.complete();
    boolean reusable = requestEnded && !behind && came.keepsAlive();
    finish();
    from.release(reusable, relaying.keepAlive());
    to.end();
  }

  // ---- a tunnel

  @Override
  public void switched(ByteBuf first) {
    MemberConnection from = connection;
    Lease held = lease;
    AnswerHead came = head;
    if (over || from == null || held == null || came == null) {
      first.release();
      return;
    }
    over = true;
    held.upgraded(System.nanoTime() - begun);
    view.forget();
    HttpHeaders lines =
        ResponseHeaders.forTunnel(came.headers(), ourCookie, held.setCookie(exchange.secure()));
    Tunnel tunnel = Tunnel.webSocket(lane, pool.spec(), held, access);
    tunnel.join(exchange, lines, from.detach(), first);
  }

  // ---- endings

  /** The member is to be rid of its clients: the stream ends where the next event would begin. */
  private void evict() {
    if (!over && answer != null && answer.endsHere()) {
      endStream();
    }
  }

  private void endStream() {
    if (over) {
      return;
    }
    MemberConnection from = connection;
    RelayedAnswer to = answer;
    because(0, lease == null ? "drain" : lease.evictionReason());
    finish();
    if (from != null) {
      from.close();
    }
    if (to != null) {
      to.end();
    }
  }

  /** The member's connection is over before the answer was. */
  @Override
  public void lost() {
    MemberConnection gone = connection;
    connection = null;
    if (over || gone == null) {
      return;
    }
    boolean stale = gone.wasUsedBefore() && !gone.answerBegun() && !repeated;
    if (stale && lease != null && !exchange.hasBody() && isRepeatable()) {
      repeated = true;
      lane.connections().acquire(lease.member(), relaying, true, this);
    } else {
      breakOff(502, "bad-gateway", "the server behind this address has broken off");
    }
  }

  private boolean isRepeatable() {
    return RequestHead.isIdempotent(exchange.method());
  }

  @Override
  public void bad(BadAnswer why) {
    breakOff(502, "bad-gateway", "the server behind this address does not answer with HTTP");
  }

  @Override
  public void timedOut() {
    breakOff(504, "gateway-timeout", "the server behind this address has not answered in time");
  }

  private void breakOff(int status, String code, String text) {
    RelayedAnswer begunAnswer = answer;
    if (over) {
      return;
    }
    because(status, code);
    giveUp();
    if (begunAnswer != null) {
      begunAnswer.abort();
    } else {
      exchange.fail(new HttpError(status, code, text));
    }
  }

  private void failWith(HttpError error) {
    if (!over) {
      because(error.status(), error.code());
      finish();
      exchange.fail(error);
    }
  }

  private void clientGone() {
    because(0, "client-gone");
    giveUp();
  }

  /** The rest of request and answer is not wanted any more. */
  private void giveUp() {
    if (over) {
      return;
    }
    MemberConnection from = connection;
    RelayedAnswer to = answer;
    Admission waiting = admission;
    finish();
    if (waiting != null) {
      waiting.abandon().run();
    }
    if (from != null) {
      from.close();
    }
    if (to != null) {
      to.abort();
    }
  }

  private void passed(Lease held, int fromClient, int toClient) {
    held.member().passed(fromClient, toClient);
    if (access != null) {
      access.passed(fromClient, toClient);
    }
  }

  /**
   * @param status of an answer that is ours, unless one was begun; 0 for none
   */
  private void because(int status, String why) {
    if (access != null) {
      if (status != 0 && answer == null) {
        access.answered(status);
      }
      access.because(why);
    }
  }

  /** Gives the place back. */
  private void finish() {
    over = true;
    if (access != null) {
      access.end("complete");
    }
    connection = null;
    answer = null;
    Lease held = lease;
    lease = null;
    if (held != null) {
      held.release();
    }
  }
}
