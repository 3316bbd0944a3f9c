package dev.selvedge.function.testing;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Session;
import dev.selvedge.function.Transport;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A client that remembers what it was sent. */
public final class FakeSession implements Session {
  /** A message to the client. */
  public record Sent(String event, List<@Nullable Object> args) {
    /** The first argument, a JSON object. */
    public JsonObject json() {
      return (JsonObject) java.util.Objects.requireNonNull(args.get(0));
    }
  }

  private final FakeCluster cluster;
  private final String id = UUID.randomUUID().toString();
  private final JsonObject state = new JsonObject();
  private final List<Sent> sent = new CopyOnWriteArrayList<>();
  private volatile boolean open = true;

  FakeSession(FakeCluster cluster) {
    this.cluster = cluster;
  }

  /** What the client was sent, in order. */
  public List<Sent> sent() {
    return List.copyOf(sent);
  }

  /** What it was sent under that event. */
  public List<Sent> sent(String event) {
    return sent.stream().filter(each -> each.event.equals(event)).toList();
  }

  /** The client goes, without a word. */
  public void disconnect() {
    open = false;
    cluster.disconnect(this);
  }

  void record(String event, @Nullable Object... args) {
    sent.add(
        new Sent(event, java.util.Collections.unmodifiableList(java.util.Arrays.asList(args))));
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String protocol() {
    return "raw";
  }

  @Override
  public Transport transport() {
    return Transport.WEBSOCKET;
  }

  @Override
  public Handshake handshake() {
    return new Handshake("/", Map.of(), Map.of(), "127.0.0.1");
  }

  @Override
  public @Nullable String principal() {
    return null;
  }

  @Override
  public JsonObject state() {
    return state;
  }

  @Override
  public Future<Void> send(String event, @Nullable Object... args) {
    if (!open) {
      return Future.failedFuture(new FunctionException("no-such-session", id));
    }
    record(event, args);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> sendLatest(String key, String event, @Nullable Object... args) {
    return send(event, args);
  }

  @Override
  public Future<Void> sendVolatile(String event, @Nullable Object... args) {
    return send(event, args);
  }

  /** This client answers nothing. */
  @Override
  public Future<List<@Nullable Object>> request(
      Duration timeout, String event, @Nullable Object... args) {
    return send(event, args)
        .compose(sent -> Future.failedFuture(new FunctionException("timeout", event)));
  }

  @Override
  public Future<Void> join(String group) {
    return join(group, new JsonObject());
  }

  @Override
  public Future<Void> join(String group, JsonObject meta) {
    return cluster.join(group, id, meta);
  }

  @Override
  public Future<Void> leave(String group) {
    return cluster.leave(group, id);
  }

  @Override
  public Future<Void> close(CloseReason reason) {
    disconnect();
    return Future.succeededFuture();
  }
}
