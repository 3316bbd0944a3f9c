package dev.selvedge.host;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Session;
import dev.selvedge.function.Transport;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.ToClient;
import dev.selvedge.session.ToFunction;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The session as function code sees it. Any thread, but for {@link #settle}: between callbacks. */
final class SessionView implements Session {
  static final int MAX_STATE_BYTES = 16 * 1024;

  private static final Future<Void> ENDED =
      Future.failedFuture(new FunctionException("no-such-session", "the session has ended"));

  private final SessionId id;
  private final String protocol;
  private final Transport transport;
  private final Handshake handshake;
  private final @Nullable String principal;
  private final EdgeLink edge;
  private final Instance instance;

  /** The state that counts, as JSON; null for an empty one. */
  private @Nullable String json;

  /** The state that the function works on, once it has asked for it. */
  private volatile @Nullable JsonObject state;

  private volatile boolean ended;

  SessionView(ToFunction.Bind bind, EdgeLink edge, Instance instance) {
    this.id = bind.session();
    this.protocol = bind.protocol();
    this.transport = bind.transport();
    this.handshake = bind.handshake();
    this.principal = bind.principal();
    this.edge = edge;
    this.instance = instance;
    this.json = bind.state();
  }

  @Override
  public String id() {
    return id.toString();
  }

  @Override
  public String protocol() {
    return protocol;
  }

  @Override
  public Transport transport() {
    return transport;
  }

  @Override
  public Handshake handshake() {
    return handshake;
  }

  @Override
  public @Nullable String principal() {
    return principal;
  }

  @Override
  public JsonObject state() {
    JsonObject present = state;
    if (present == null) {
      present = parse(json);
      state = present;
    }
    return present;
  }

  private static JsonObject parse(@Nullable String json) {
    return json == null ? new JsonObject() : new JsonObject(json);
  }

  /** Looks at what the callback has made of the state; refuses what is too big or no JSON. */
  StateChange settle() {
    JsonObject present = state;
    if (present == null) {
      return StateChange.NONE;
    }
    try {
      String now = present.encode();
      if (now.equals(json) || json == null && present.isEmpty()) {
        return StateChange.NONE;
      }
      int size = now.getBytes(StandardCharsets.UTF_8).length;
      if (size <= MAX_STATE_BYTES) {
        json = now;
        return new StateChange(now, null);
      }
      return refuse("state of " + size + " bytes (expected: at most " + MAX_STATE_BYTES + ")");
    } catch (RuntimeException notJson) { // what was put into it cannot be encoded
      return refuse("state is not JSON: " + notJson.getMessage());
    }
  }

  private StateChange refuse(String why) {
    state = null;
    return new StateChange(null, new FunctionException("bad-state", why));
  }

  @Nullable String lastJson() {
    return json;
  }

  void markEnded() {
    ended = true;
  }

  @Override
  public Future<Void> send(String event, @Nullable Object... args) {
    return deliver(Outbound.event(event, Values.listOf(args)));
  }

  @Override
  public Future<Void> sendLatest(String key, String event, @Nullable Object... args) {
    return deliver(Outbound.latest(Objects.requireNonNull(key), event, Values.listOf(args)));
  }

  @Override
  public Future<Void> sendVolatile(String event, @Nullable Object... args) {
    return deliver(Outbound.volatileEvent(event, Values.listOf(args)));
  }

  @Override
  public Future<List<@Nullable Object>> request(
      Duration timeout, String event, @Nullable Object... args) {
    return instance.reach().request(id, timeout, event, Values.listOf(args));
  }

  private Future<Void> deliver(Outbound message) {
    return ended ? ENDED : edge.post(new ToClient.Deliver(id, message, 0));
  }

  @Override
  public Future<Void> join(String group) {
    return instance.reach().join(id, group, null);
  }

  @Override
  public Future<Void> join(String group, JsonObject meta) {
    return instance.reach().join(id, group, meta.copy());
  }

  @Override
  public Future<Void> leave(String group) {
    return instance.reach().leave(id, group);
  }

  @Override
  public Future<Void> close(CloseReason reason) {
    return ended ? ENDED : edge.post(new ToClient.End(id, reason, 0));
  }

  @Override
  public String toString() {
    return "session " + id;
  }
}
