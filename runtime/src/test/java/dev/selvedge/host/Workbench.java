package dev.selvedge.host;

import dev.selvedge.config.RecoveryConfig;
import dev.selvedge.config.SessionConfig;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Session;
import dev.selvedge.function.Transport;
import dev.selvedge.session.Claim;
import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.ClientPort;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Clients;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.Placement;
import dev.selvedge.session.Queries;
import dev.selvedge.session.ReplyError;
import dev.selvedge.session.SessionListener;
import dev.selvedge.session.SessionTable;
import dev.selvedge.session.Sessions.Recovered;
import dev.selvedge.session.Sessions.Return;
import dev.selvedge.testing.TestTransport;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One local node without sockets: sessions with a fake client on one side, functions on the other.
 */
final class Workbench implements AutoCloseable {
  static final String FUNCTION = "tested";

  final Fabric fabric;
  final SessionTable sessions;
  final FunctionHost host;
  final Clients clients;
  final Queries queries;
  volatile int served;
  volatile boolean deployed = true;

  /** The nodes that sessions of this edge go to: the first that lives, or where they are. */
  volatile List<NodeId> hosts;

  volatile SessionConfig rules = SessionConfig.DEFAULT;

  Workbench() throws Exception {
    this(RecoveryConfig.OFF);
  }

  Workbench(RecoveryConfig recovery) throws Exception {
    this(TestTransport.fabric(), recovery);
  }

  /** A node of a cluster. */
  Workbench(Fabric fabric, RecoveryConfig recovery) throws Exception {
    this(fabric, recovery, bench -> {});
  }

  /**
   * A node of a cluster.
   *
   * @param more is built on it before the fabric starts
   */
  Workbench(Fabric fabric, RecoveryConfig recovery, Consumer<Workbench> more) throws Exception {
    this.fabric = fabric;
    hosts = List.of(fabric.membership().self());
    sessions = new SessionTable(fabric, new FixedPlacement(), SessionListener.NONE, recovery);
    clients = new Clients(fabric, sessions);
    queries = new Queries(fabric, sessions);
    host =
        new FunctionHost(
            fabric,
            clients,
            queries,
            name -> {
              throw new UnsupportedOperationException();
            },
            name -> served,
            name -> Optional.empty(),
            HostListener.NONE);
    more.accept(this);
    get(fabric.start());
  }

  /** In the version that is served. */
  private final class FixedPlacement implements Placement {
    @Override
    public boolean isDeployed(String function) {
      return deployed;
    }

    @Override
    public Optional<Binding> pick(String function, NodeId stay) {
      int version = served;
      return hosts.stream()
          .filter(host -> fabric.membership().node(host).isPresent())
          .min(Comparator.comparing(host -> !host.equals(stay)))
          .filter(host -> version != 0)
          .map(host -> new Binding(host, version));
    }

    @Override
    public int servingVersion(String function) {
      return served;
    }

    @Override
    public SessionConfig rules(String function) {
      return rules;
    }
  }

  /** Starts an instance on every lane and serves it. */
  void serve(int version, ThreadingModel threading, Supplier<EdgeFunction> function) {
    for (Lane lane : fabric.lanes()) {
      EdgeFunction instance = function.get();
      InstanceHost.Attached attached =
          host.attach(instance, FUNCTION, version, lane, new JsonObject());
      Promise<String> started = Promise.promise();
      lane.run(
          () ->
              fabric
                  .vertx()
                  .deployVerticle(instance, new DeploymentOptions().setThreadingModel(threading))
                  .onComplete(started));
      get(started.future());
      attached.open(contexts.get(instance));
    }
    served = version;
  }

  private final Map<EdgeFunction, io.vertx.core.Context> contexts =
      new java.util.concurrent.ConcurrentHashMap<>();

  /** A function that tells the bench its context. */
  abstract static class Tested extends EdgeFunction {
    private final Workbench bench;

    Tested(Workbench bench) {
      this.bench = bench;
    }

    @Override
    public Future<?> start() {
      bench.contexts.put(this, Vertx.currentContext());
      return Future.succeededFuture();
    }
  }

  /** A function whose clients are in {@code room}, and whose state counts what they say. */
  abstract static class Recorder extends Tested {
    private final List<String> heard;

    /**
     * @param heard notes {@code open} and {@code close <code>}
     */
    Recorder(Workbench bench, List<String> heard) {
      super(bench);
      this.heard = heard;
    }

    @Override
    protected Future<?> onOpen(Session client) {
      heard.add("open");
      client.state().put("messages", 0);
      client.send("welcome");
      return client.join("room");
    }

    /** How many messages it were with this one. */
    static int count(Session client) {
      int count = client.state().getInteger("messages") + 1;
      client.state().put("messages", count);
      return count;
    }

    @Override
    protected Future<?> onClose(Session client, CloseReason reason) {
      heard.add("close " + reason.code());
      return Future.succeededFuture();
    }
  }

  /** A client on a lane. */
  Client connect(int lane) {
    return connectAndThen(lane, session -> {});
  }

  /** A client on a lane that does something in the turn in which it connects. */
  Client connectAndThen(int lane, Consumer<ClientSession> action) {
    return connect(lane, "/tested", action);
  }

  /** A client on a lane that asks for that path. */
  Client connect(int lane, String path) {
    return connect(lane, path, session -> {});
  }

  private Client connect(int lane, String path, Consumer<ClientSession> action) {
    Client client = new Client(fabric.lane(lane));
    client.on(
        () -> {
          client.session =
              sessions.open(
                  client.lane,
                  FUNCTION,
                  "raw",
                  new Handshake(path, Map.of(), Map.of(), "127.0.0.1"),
                  null,
                  client);
          action.accept(client.session);
        });
    return client;
  }

  /**
   * A client comes back on a lane.
   *
   * @return its new port, with what it has missed; null if its session was not found
   */
  Client comeBack(Claim claim, int lane) {
    Client again = new Client(fabric.lane(lane));
    again.writable = false;
    again.offset = claim.offset();
    Handshake handshake = new Handshake("/again", Map.of(), Map.of(), "127.0.0.1");
    Promise<Optional<Recovered>> found = Promise.promise();
    again.on(
        () ->
            sessions
                .recover(again.lane, new Return(claim, "raw", handshake, again))
                .onSuccess(recovered -> recovered.ifPresent(again::goOn))
                .onComplete(found));
    return get(found.future()).isPresent() ? again : null;
  }

  /** What a client got, and whether it takes more. */
  static final class Client implements ClientPort {
    final Lane lane;
    final List<String> received = new ArrayList<>();
    volatile ClientSession session;

    /** What the client would say if it came back. */
    volatile String offset;

    volatile CloseReason closed;
    volatile boolean accepted;
    volatile ReplyError refused;
    volatile boolean paused;
    volatile boolean writable = true;
    volatile long pendingBytes;

    /** What the client does, on its lane, as soon as it is read again. */
    volatile Runnable whenResumed = () -> {};

    Client(Lane lane) {
      this.lane = lane;
    }

    private void goOn(Recovered back) {
      back.missed().forEach(this::send);
      session = back.session();
      writable = true;
      session.drained();
    }

    void on(Runnable task) {
      Promise<Void> done = Promise.promise();
      lane.context()
          .runOnContext(
              now -> {
                task.run();
                done.complete();
              });
      get(done.future());
    }

    void say(String event, Object... args) {
      on(() -> session.receive(event, List.of(args), -1));
    }

    void say(ClientMessage message) {
      on(() -> session.receive(message));
    }

    void ask(long id, String event, Object... args) {
      on(() -> session.receive(event, List.of(args), id));
    }

    List<String> received() {
      synchronized (received) {
        return List.copyOf(received);
      }
    }

    @Override
    public Transport transport() {
      return Transport.WEBSOCKET;
    }

    @Override
    public void send(Outbound message) {
      synchronized (received) {
        received.add(words(message));
        if (message.offset() != null) {
          offset = message.offset();
        }
      }
    }

    private static String words(Outbound message) {
      String error = message.error() == null ? "" : " " + message.error().code();
      return switch (message.kind()) {
        case EVENT ->
            message.event()
                + message.args()
                + (message.request() < 0 ? "" : "?" + message.request());
        case REPLY -> "reply " + message.replyTo() + message.args();
        case ERROR -> "error " + message.replyTo() + error;
        case ITEM -> "item " + message.replyTo() + " " + message.args().get(0);
        case END -> "end " + message.replyTo() + error;
      };
    }

    @Override
    public void accepted() {
      accepted = true;
    }

    @Override
    public void refused(CloseReason reason, ReplyError why) {
      refused = why;
      close(reason);
    }

    @Override
    public boolean writable() {
      return writable;
    }

    @Override
    public long pendingBytes() {
      return pendingBytes;
    }

    @Override
    public void close(CloseReason reason) {
      closed = reason;
    }

    @Override
    public void pauseReading() {
      paused = true;
    }

    @Override
    public void resumeReading() {
      paused = false;
      whenResumed.run();
    }
  }

  static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(180, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not come true: " + what);
      }
      LockSupport.parkNanos(200_000);
    }
  }

  @Override
  public void close() {
    get(fabric.close());
  }
}
