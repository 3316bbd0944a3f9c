package dev.selvedge.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a run: opens them, a bounded number at a time, spread over the event loops,
 * and counts what becomes of them. {@link #open} and {@link #close} block and belong to one thread;
 * the rest is thread-safe.
 *
 * @param <S> what the clients do
 */
final class Swarm<S extends Script> implements AutoCloseable {
  private static final int HANDSHAKES_AT_A_TIME = 256;
  private static final int REASONS_KEPT = 20;

  private final Load load;
  private final List<Handshake> handshakes;
  private final @Nullable SslContext tls;
  private final EventLoopGroup group;
  private final List<EventExecutor> loops = new ArrayList<>();
  private final List<S> scripts = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final Semaphore slots = new Semaphore(HANDSHAKES_AT_A_TIME);
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
  private long nanosToOpen;

  /**
   * @param script makes what the clients of one event loop do, given the loop's number
   */
  Swarm(Load load, IntFunction<S> script) {
    this.load = load;
    this.handshakes = load.targets().stream().map(target -> new Handshake(load, target)).toList();
    this.tls = load.targets().stream().anyMatch(Target::tls) ? load.trust().context() : null;
    IoHandlerFactory transport =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.group = new MultiThreadIoEventLoopGroup(load.threads(), transport);
    for (EventExecutor loop : group) {
      scripts.add(script.apply(loops.size()));
      loops.add(loop);
    }
  }

  Load load() {
    return load;
  }

  List<EventExecutor> loops() {
    return loops;
  }

  /** One for each loop, in the same order; each is confined to its loop. */
  List<S> scripts() {
    return scripts;
  }

  /** Asks each loop's script something, on that loop, and waits for the answers. */
  <T> List<T> onEachLoop(BiFunction<Integer, S, T> question) {
    List<Future<T>> answers = new ArrayList<>();
    for (int i = 0; i < loops.size(); i++) {
      int number = i;
      answers.add(loops.get(i).submit(() -> question.apply(number, scripts.get(number))));
    }
    return answers.stream().map(answer -> answer.syncUninterruptibly().getNow()).toList();
  }

  /** What all loops have counted. */
  Tally sum(Function<S, Tally> tally) {
    Tally sum = new Tally();
    onEachLoop(
        (loop, script) -> {
          synchronized (sum) {
            tally.apply(script).addTo(sum);
          }
          return loop;
        });
    return sum;
  }

  // ---- opening and closing

  /** Opens all; returns when each is open or has failed. */
  void open(Progress progress) throws InterruptedException {
    long begin = System.nanoTime();
    Clock clock = new Clock(progress);
    for (int i = 0; i < load.connections(); i++) {
      if (load.connectRate() > 0) {
        clock.sleepUntil(begin + (long) (i * 1e9 / load.connectRate()), this::progress);
      }
      while (!slots.tryAcquire(1, TimeUnit.SECONDS)) {
        progress.show(progress());
      }
      connect(i);
    }
    while (opened.get() + failed.get() < load.connections()) {
      clock.sleepUntil(System.nanoTime() + 1_000_000, this::progress);
    }
    nanosToOpen = System.nanoTime() - begin;
  }

  private String progress() {
    return "opening: "
        + opened.get()
        + " of "
        + load.connections()
        + " open, "
        + failed
        + " failed";
  }

  private void connect(int number) {
    int loop = number % loops.size();
    int place = number % handshakes.size();
    Target target = load.targets().get(place);
    Client client = new Client(this, handshakes.get(place), scripts.get(loop));
    clients.add(client);
    Class<? extends SocketChannel> channel =
        Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    ChannelFuture connected =
        new Bootstrap()
            .group(((io.netty.channel.EventLoop) loops.get(loop)))
            .channel(channel)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) load.patience().toMillis())
            .handler(tls == null || !target.tls() ? client : new Encrypted(tls, target, client))
            .connect(target.host(), target.port());
    connected.addListener(
        done -> {
          if (!done.isSuccess()) {
            client.refused(done.cause());
          }
        });
  }

  /** Puts TLS below a client; the server is asked for under the target's name. */
  private static final class Encrypted extends ChannelInitializer<SocketChannel> {
    private final SslContext tls;
    private final Target target;
    private final Client client;

    Encrypted(SslContext tls, Target target, Client client) {
      this.tls = tls;
      this.target = target;
      this.client = client;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      channel
          .pipeline()
          .addLast(tls.newHandler(channel.alloc(), target.host(), target.port()))
          .addLast(client);
    }
  }

  /** Closes all as RFC 6455 wants it, waits a little for the server, and ends the event loops. */
  @Override
  public void close() {
    for (int i = 0; i < clients.size(); i++) {
      loops.get(i % loops.size()).execute(clients.get(i)::close);
    }
    long end = System.nanoTime() + Math.min(load.patience().toNanos(), 3_000_000_000L);
    try {
      while (stillOpen() > 0 && System.nanoTime() < end) {
        Thread.sleep(5);
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  int stillOpen() {
    return opened.get() - dropped.get() - closed.get();
  }

  // ---- what the clients say

  void opened() {
    opened.incrementAndGet();
    slots.release();
  }

  void failed(String reason) {
    failed.incrementAndGet();
    slots.release();
    count(reason);
  }

  void dropped(String reason) {
    dropped.incrementAndGet();
    count(reason);
  }

  void closed() {
    closed.incrementAndGet();
  }

  private void count(String reason) {
    String key = reasons.size() < REASONS_KEPT || reasons.containsKey(reason) ? reason : "other";
    reasons.computeIfAbsent(key, any -> new LongAdder()).increment();
  }

  // ---- the outcome

  int openedSoFar() {
    return opened.get();
  }

  int failedSoFar() {
    return failed.get();
  }

  int droppedSoFar() {
    return dropped.get();
  }

  double handshakesPerSecond() {
    return opened.get() * 1e9 / Math.max(1, nanosToOpen);
  }

  /** Why connections failed or were dropped, and how many each. */
  Map<String, Long> reasons() {
    Map<String, Long> counts = new TreeMap<>();
    reasons.forEach((reason, count) -> counts.put(reason, count.sum()));
    return counts;
  }
}
