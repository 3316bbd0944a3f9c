package dev.selvedge.protocol;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.SessionConfig;
import dev.selvedge.config.SignalRConfig;
import dev.selvedge.config.SocketIoConfig;
import dev.selvedge.edge.EdgeMetrics;
import dev.selvedge.edge.EdgeServer;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.Call;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import dev.selvedge.function.Transport;
import dev.selvedge.host.Counting;
import dev.selvedge.host.FunctionHost;
import dev.selvedge.host.HostListener;
import dev.selvedge.host.InstanceHost;
import dev.selvedge.protocol.raw.RawProtocol;
import dev.selvedge.protocol.signalr.SignalRProtocol;
import dev.selvedge.protocol.socketio.SocketIoProtocol;
import dev.selvedge.session.Clients;
import dev.selvedge.session.Placement;
import dev.selvedge.session.Queries;
import dev.selvedge.session.SessionListener;
import dev.selvedge.session.SessionTable;
import dev.selvedge.testing.TestTransport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A node on real sockets with one function at {@code /test}, an instance on each of two lanes,
 * which clients of every protocol may use.
 */
public final class TestEdge implements AutoCloseable {
  public final Fabric fabric;
  private final EdgeServer server;
  private final SessionTable sessions;

  private final boolean ownsFabric;

  /** A node without a cluster. */
  public TestEdge(List<Transport> transports) {
    this(TestTransport.fabric(), transports, true);
  }

  /** A node that hosts its sessions itself, whatever other nodes there are. */
  public static TestEdge in(Fabric fabric) {
    return new TestEdge(fabric, List.of(Transport.values()), false);
  }

  private TestEdge(Fabric fabric, List<Transport> transports, boolean ownsFabric) {
    this.fabric = fabric;
    this.ownsFabric = ownsFabric;
    sessions = new SessionTable(fabric, new Here(), SessionListener.NONE);
    FunctionHost host =
        new FunctionHost(
            fabric,
            new Clients(fabric, sessions),
            new Queries(fabric, sessions),
            name -> {
              throw new UnsupportedOperationException();
            },
            name -> 1,
            name -> Optional.empty(),
            HostListener.NONE);
    EdgeConfig config = config(transports);
    RouteLookup routes = new OneRoute(route());
    Dispatch dispatch =
        new Dispatch(
            fabric,
            routes,
            List.of(
                new SocketIoProtocol(fabric, sessions, SocketIoConfig.DEFAULT, routes),
                new SignalRProtocol(fabric, sessions, config, SignalRConfig.DEFAULT),
                new RawProtocol(fabric, sessions, config)),
            host.calls()::call);
    get(fabric.start());
    fabric.lanes().forEach(lane -> serve(host, lane));
    List<Context> contexts = fabric.lanes().stream().map(Lane::context).toList();
    server = get(EdgeServer.start(fabric.vertx(), contexts, config, dispatch, EdgeMetrics.NONE));
  }

  private static EdgeConfig config(List<Transport> transports) {
    EdgeConfig d = EdgeConfig.DEFAULT;
    return new EdgeConfig(
        "127.0.0.1",
        0,
        d.maxHeaderBytes(),
        d.maxBodyBytes(),
        d.headerDeadline(),
        d.bodyDeadline(),
        d.keepAlive(),
        d.maxConnectionsPerIp(),
        d.trustedProxies(),
        d.proxyProtocol(),
        d.origins(),
        transports,
        d.webSocket(),
        d.longPollWait(),
        d.linger(),
        d.tls());
  }

  private static FunctionRoute route() {
    return new FunctionRoute(
        "/test",
        "tested",
        List.of("raw", "socketio", "signalr"),
        List.of(),
        WebSocketLimits.DEFAULT,
        Duration.ofSeconds(2),
        Duration.ofSeconds(30),
        name -> name.equals("index.html") ? Optional.of(Buffer.buffer("<p>")) : Optional.empty());
  }

  private record OneRoute(FunctionRoute route) implements RouteLookup {
    @Override
    public Optional<FunctionRoute> find(Exchange asked) {
      return Optional.of(route).filter(to -> (asked.path() + "/").startsWith(to.path() + "/"));
    }

    @Override
    public Optional<FunctionRoute> at(String path) {
      return Optional.of(route).filter(to -> to.path().equals(path));
    }
  }

  private void serve(FunctionHost host, Lane lane) {
    Tested function = new Tested();
    InstanceHost.Attached attached = host.attach(function, "tested", 1, lane, new JsonObject());
    Promise<String> started = Promise.promise();
    lane.run(() -> fabric.vertx().deployVerticle(function).onComplete(started));
    get(started.future());
    attached.open(function.context);
  }

  public int port() {
    return server.port();
  }

  /** How many sessions it has. */
  public int sessions() {
    return sessions.size();
  }

  @Override
  public void close() {
    get(server.close());
    if (ownsFabric) {
      get(fabric.close());
    }
  }

  public static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private final class Here implements Placement {
    @Override
    public boolean isDeployed(String function) {
      return true;
    }

    @Override
    public Optional<Binding> pick(String function, NodeId stay) {
      return Optional.of(new Binding(fabric.membership().self(), 1));
    }

    @Override
    public int servingVersion(String function) {
      return 1;
    }

    @Override
    public SessionConfig rules(String function) {
      return SessionConfig.DEFAULT;
    }
  }

  /** Does what its client asks for. */
  private static final class Tested extends EdgeFunction {
    private Context context;

    @Override
    public Future<?> start() {
      context = Vertx.currentContext();
      return Future.succeededFuture();
    }

    @Override
    protected Future<?> onOpen(Session client) {
      if (client.handshake().parameter("refuse") != null) {
        return Future.failedFuture(new FunctionException("not-you", "not you"));
      }
      return client.send("welcome", client.transport().word());
    }

    @Override
    protected Future<?> onMessage(Session client, Message message) {
      Object[] args = message.args().toArray();
      return switch (message.event()) {
        case "echo" -> message.expectsReply() ? message.reply(args) : client.send("echo", args);
        case "push" -> push(client, message.arg(0, Integer.class), message.arg(1, Integer.class));
        case "fail" ->
            Future.failedFuture(
                new FunctionException("sold-out", "no more", new JsonObject().put("left", 0)));
        case "count" -> message.stream(new Counting(message.arg(0, Integer.class), null));
        case "sum" -> sum(message);
        case "ask" -> ask(client);
        case "join" -> join(client, message, message.arg(0, Integer.class));
        case "to-group" -> {
          groups().publish(message.arg(0, String.class), "told", message.arg(1, Object.class));
          yield message.reply();
        }
        case "missing" ->
            Future.failedFuture(new FunctionException("no-such-event", "there is none"));
        case "silence" -> Future.succeededFuture();
        case "close" -> client.close(CloseReason.of(message.arg(0, Integer.class)).orElseThrow());
        default -> client.send(message.event(), args);
      };
    }

    /** So many groups, one after the other, and the answer when it is in all of them. */
    private static Future<?> join(Session client, Message message, int left) {
      return left == 0
          ? message.reply()
          : client.join("group " + left).compose(in -> join(client, message, left - 1));
    }

    private static Future<?> sum(Message message) {
      int[] sum = new int[1];
      ReadStream<Object> numbers = message.streams().get(0);
      numbers.exceptionHandler(failed -> message.fail((FunctionException) failed));
      numbers.endHandler(end -> message.reply(sum[0]));
      numbers.handler(number -> sum[0] += (Integer) number);
      return Future.succeededFuture();
    }

    private static Future<?> ask(Session client) {
      client
          .request(Duration.ofSeconds(60), "question", 1)
          .onSuccess(answer -> client.send("answered", answer.toArray()))
          .onFailure(failed -> client.send("refused", ((FunctionException) failed).code()));
      return Future.succeededFuture();
    }

    private static Future<?> push(Session client, int from, int to) {
      for (int i = from; i <= to; i++) {
        client.send("n", i);
      }
      return Future.succeededFuture();
    }

    @Override
    protected Future<?> onCall(Call call) {
      return Future.succeededFuture(call.body());
    }
  }
}
