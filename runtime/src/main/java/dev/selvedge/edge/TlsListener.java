package dev.selvedge.edge;

import dev.selvedge.config.TlsConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What the lanes need to speak TLS: the context for the next handshake, which follows the
 * certificates' files, and threads for a handshake's arithmetic (a signature takes a millisecond,
 * for which a lane's other clients should not wait). Thread-safe.
 */
final class TlsListener {
  /** How often the files are looked at. */
  private static final long LOOK_MILLIS = 2_000;

  private static final System.Logger LOG = System.getLogger(TlsListener.class.getName());

  private final Vertx vertx;
  private final TlsConfig config;
  private final ExecutorService arithmetic;
  private volatile TlsContext current;
  private volatile long timer;

  /** What the files held when they were last tried. */
  private byte[][] tried;

  private TlsListener(Vertx vertx, TlsConfig config, TlsContext context, byte[][] tried) {
    this.vertx = vertx;
    this.config = config;
    this.current = context;
    this.tried = tried;
    AtomicInteger number = new AtomicInteger();
    this.arithmetic =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            work -> {
              Thread thread = new Thread(work, "selvedge-tls-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Reads the certificates and follows their files from then on.
   *
   * @return fails with {@link dev.selvedge.config.ConfigException} if they cannot be used
   */
  static Future<TlsListener> open(Vertx vertx, TlsConfig config) {
    return vertx
        .executeBlocking(
            () -> {
              byte[][] found = contents(config);
              TlsContext context = TlsContext.read(vertx, config);
              return new TlsListener(vertx, config, context, found);
            })
        .onSuccess(TlsListener::follow);
  }

  private void follow() {
    log(current);
    timer = vertx.setTimer(LOOK_MILLIS, due -> lookAgain());
  }

  private void lookAgain() {
    vertx.<Void>executeBlocking(this::look).onComplete(looked -> rearm());
  }

  private synchronized void rearm() {
    if (!arithmetic.isShutdown()) {
      timer = vertx.setTimer(LOOK_MILLIS, due -> lookAgain());
    }
  }

  /** A file that cannot be used, or not yet because its pair is still missing, changes nothing. */
  synchronized Void look() {
    try {
      byte[][] found = contents(config);
      if (!Arrays.deepEquals(found, tried)) {
        tried = found;
        current = TlsContext.read(vertx, config);
        log(current);
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "tls certificate not reloaded, the one before stays reason={0}",
          e.getMessage());
    }
    return null;
  }

  private static byte[][] contents(TlsConfig config) throws IOException {
    Path[] files =
        Stream.concat(config.certificates().stream(), config.keys().stream()).toArray(Path[]::new);
    byte[][] contents = new byte[files.length][];
    for (int i = 0; i < files.length; i++) {
      contents[i] = Files.readAllBytes(files[i]);
    }
    return contents;
  }

  private static void log(TlsContext context) {
    for (Certificate one : context.certificates()) {
      LOG.log(
          System.Logger.Level.INFO,
          "tls certificate loaded names={0} until={1}",
          one.names(),
          one.chain().get(0).getNotAfter().toInstant());
    }
  }

  TlsConfig config() {
    return config;
  }

  /** For the next handshake. */
  TlsContext context() {
    return current;
  }

  Executor arithmetic() {
    return arithmetic;
  }

  synchronized void close() {
    arithmetic.shutdown();
    vertx.cancelTimer(timer);
  }
}
