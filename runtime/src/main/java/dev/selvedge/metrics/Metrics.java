package dev.selvedge.metrics;

import dev.selvedge.function.CloseReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.internal.PlatformDependent;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The meters of a node, all of them, with their names. One a process. Methods may be called on any
 * thread and never block; what is counted for each message is on {@link FunctionMeters}.
 */
public final class Metrics implements AutoCloseable {
  private static final String SESSIONS = "selvedge.sessions";
  private static final String SESSIONS_OPENED = "selvedge.sessions.opened";
  private static final String SESSIONS_CLOSED = "selvedge.sessions.closed";
  private static final String MESSAGES_IN = "selvedge.messages.in";
  private static final String MESSAGES_OUT = "selvedge.messages.out";
  private static final String FUNCTION_ERRORS = "selvedge.function.errors";
  private static final String CALLBACK_SECONDS = "selvedge_callback_seconds";
  private static final String REBINDS = "selvedge.sessions.rebound";
  private static final String OUTBOUND_DROPS = "selvedge.outbound.dropped";
  private static final String GROUP_PUBLISHES = "selvedge.group.publishes";
  private static final String HTTP_REQUESTS = "selvedge.http.requests";
  private static final String WEBSOCKETS = "selvedge.websocket.connections";
  private static final String LOOP_STALLS = "selvedge.loop.stalls";
  private static final String LOADER_LEAKS = "selvedge.loader.leaks";
  private static final String STORE_UP = "selvedge.store.up";
  private static final String PEERS_UP = "selvedge.peers.up";
  private static final String PEERS_PUBLISHED = "selvedge.peers.published";
  private static final String PEERS_RECEIVED = "selvedge.peers.received";
  private static final String PEERS_LOST = "selvedge.peers.lost";
  private static final String NODES = "selvedge.nodes";
  private static final String DIRECT_MEMORY = "selvedge.direct.memory";
  private static final String BUS_FRAMES = "selvedge.bus.frames";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final Map<String, FunctionMeters> functions = new ConcurrentHashMap<>();
  private final Map<Tags, LongAdder> openSessions = new ConcurrentHashMap<>();
  private final LongAdder webSockets = new LongAdder();
  private final LongAdder groupPublishes = new LongAdder();
  private final Counter[] httpByStatusClass = new Counter[6];

  public Metrics() {
    registry.getPrometheusRegistry().register(new Callbacks());
    Gauge.builder(WEBSOCKETS, webSockets, LongAdder::sum)
        .description("WebSocket connections open")
        .register(registry);
    count(GROUP_PUBLISHES, "Messages published to groups on this node", groupPublishes);
    for (int i = 1; i < httpByStatusClass.length; i++) {
      httpByStatusClass[i] =
          Counter.builder(HTTP_REQUESTS)
              .description("Requests of clients answered, by class of status")
              .tag("status", i + "xx")
              .register(registry);
    }
    bindJvm();
  }

  private void bindJvm() {
    Gauge.builder(DIRECT_MEMORY, PlatformDependent::usedDirectMemory)
        .description("Memory outside of the heap that buffers take; the JVM's meters miss it")
        .baseUnit("bytes")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
  }

  /** The meters of a function, made at the first call. */
  public FunctionMeters function(String name) {
    FunctionMeters known = functions.get(name);
    return known != null ? known : functions.computeIfAbsent(name, this::register);
  }

  private FunctionMeters register(String name) {
    FunctionMeters meters = new FunctionMeters();
    ofFunction(MESSAGES_IN, "Messages taken from clients", name, meters, m -> m.messagesIn.sum());
    ofFunction(MESSAGES_OUT, "Messages written to clients", name, meters, m -> m.messagesOut.sum());
    ofFunction(FUNCTION_ERRORS, "Callbacks that failed", name, meters, m -> m.errors.sum());
    ofFunction(REBINDS, "Sessions bound to another instance", name, meters, m -> m.rebinds.sum());
    ofFunction(OUTBOUND_DROPS, "Events slow clients missed", name, meters, m -> m.drops.sum());
    return meters;
  }

  private void ofFunction(
      String meter,
      String description,
      String function,
      FunctionMeters meters,
      ToDoubleFunction<FunctionMeters> value) {
    FunctionCounter.builder(meter, meters, value)
        .description(description)
        .tag("function", function)
        .register(registry);
  }

  private void count(String meter, String description, LongAdder adder) {
    FunctionCounter.builder(meter, adder, LongAdder::sum)
        .description(description)
        .register(registry);
  }

  /**
   * A session opened on this node's edge.
   *
   * @param protocol {@code raw}, {@code socketio} or {@code signalr}
   * @param transport {@code websocket}, {@code sse} or {@code longpoll}
   */
  public void sessionOpened(String function, String protocol, String transport) {
    Tags tags = sessionTags(function, protocol, transport);
    open(tags).increment();
    Counter.builder(SESSIONS_OPENED)
        .description("Sessions opened")
        .tags(tags)
        .register(registry)
        .increment();
  }

  /**
   * A session that {@link #sessionOpened} counted, with the same words, has ended.
   *
   * @param code the close code; those outside the catalogue are counted together
   */
  public void sessionClosed(String function, String protocol, String transport, int code) {
    open(sessionTags(function, protocol, transport)).decrement();
    Counter.builder(SESSIONS_CLOSED)
        .description("Sessions ended, by close code")
        .tag("function", function)
        .tag("code", codeWord(code))
        .register(registry)
        .increment();
  }

  private static Tags sessionTags(String function, String protocol, String transport) {
    return Tags.of("function", function, "protocol", protocol, "transport", transport);
  }

  private LongAdder open(Tags tags) {
    return openSessions.computeIfAbsent(
        tags,
        key -> {
          LongAdder adder = new LongAdder();
          Gauge.builder(SESSIONS, adder, LongAdder::sum)
              .description("Sessions open on this node's edge")
              .tags(key)
              .register(registry);
          return adder;
        });
  }

  /** Clients choose codes freely: only the catalogue's become tags of their own. */
  private static String codeWord(int code) {
    if (CloseReason.of(code).isPresent()) {
      return Integer.toString(code);
    }
    return code >= 4500 && code <= 4999 ? "function" : "other";
  }

  /** A function published to a group, once for each publish whatever the number of members. */
  public void groupPublished() {
    groupPublishes.increment();
  }

  /** A client's request was answered. */
  public void httpAnswered(int status) {
    int statusClass = status / 100;
    if (statusClass >= 1 && statusClass < httpByStatusClass.length) {
      httpByStatusClass[statusClass].increment();
    }
  }

  public void webSocketOpened() {
    webSockets.increment();
  }

  public void webSocketClosed() {
    webSockets.decrement();
  }

  /**
   * Shows what functions do that they should not; both are asked at each scrape.
   *
   * @param stalls callbacks that blocked an event loop lately, at most 100
   * @param leaks class loaders of stopped versions that stay reachable
   */
  public void watchFunctions(IntSupplier stalls, IntSupplier leaks) {
    gauge(LOOP_STALLS, "Callbacks that blocked their event loop lately, at most 100", stalls);
    gauge(LOADER_LEAKS, "Class loaders of stopped versions that stay reachable", leaks);
  }

  private void gauge(String meter, String description, IntSupplier value) {
    Gauge.builder(meter, value, IntSupplier::getAsInt)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** Shows whether a store answers; {@code up} is asked at each scrape and must not block. */
  public void watchStore(String kind, BooleanSupplier up) {
    Gauge.builder(STORE_UP, up, state -> state.getAsBoolean() ? 1 : 0)
        .description("Whether the store answers")
        .tag("store", kind)
        .strongReference(true)
        .register(registry);
  }

  /**
   * Shows what passes between this node and its peers outside of the cluster.
   *
   * @param up whether they can be reached; asked at each scrape, must not block
   */
  public void watchPeers(PeerMeters peers, BooleanSupplier up) {
    Gauge.builder(PEERS_UP, up, state -> state.getAsBoolean() ? 1 : 0)
        .description("Whether the Redis of the Socket.IO peers answers")
        .strongReference(true)
        .register(registry);
    count(PEERS_PUBLISHED, "Messages given to the Redis of the peers", peers.published);
    count(PEERS_RECEIVED, "Messages that came from the Redis of the peers", peers.received);
    count(PEERS_LOST, "Messages to peers that could not be given to Redis", peers.lost);
  }

  /** Shows how many nodes this one sees alive, itself included. */
  public void watchNodes(IntSupplier count) {
    gauge(NODES, "Live nodes as this one sees them", count);
  }

  /** Shows what is sent to other nodes. */
  public void watchBus(BusMeters bus) {
    registry.getPrometheusRegistry().register(bus.collector());
    count(BUS_FRAMES, "Messages that carry them, and acknowledgements", bus.frames);
  }

  /** Shows what pools and their members do; both asked at each scrape, must not block. */
  public void watchPools(Supplier<List<PoolReading>> pools, Supplier<List<MemberReading>> members) {
    registry.getPrometheusRegistry().register(new MemberMeters(pools, members));
  }

  /** All meters in the Prometheus text format, version 0.0.4. Takes some ms: not on a busy loop. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }

  /** The callback histograms of all functions as one metric. */
  private final class Callbacks implements Collector {
    @Override
    public MetricSnapshot collect() {
      var all =
          HistogramSnapshot.builder()
              .name(CALLBACK_SECONDS)
              .help("From the call of a callback to the completion of its future");
      functions.forEach(
          (name, meters) -> all.dataPoint(meters.callbacks.snapshot(Labels.of("function", name))));
      return all.build();
    }

    @Override
    public String getPrometheusName() {
      return CALLBACK_SECONDS;
    }
  }
}
