package dev.selvedge.node;

import dev.selvedge.config.AccessLogConfig;
import dev.selvedge.config.ConfigException;
import dev.selvedge.relay.AccessLog;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the access log, a line for each exchange, on a thread of its own. What finds 10,000 lines
 * waiting is dropped, and how much was is logged.
 */
final class AccessLogWriter implements AccessLog, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("selvedge.access");
  private static final int MOST_WAITING = 10_000;

  private record Line(Instant at, Entry entry) {}

  private final BlockingQueue<Line> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong dropped = new AtomicLong();
  private final @Nullable BufferedWriter file;
  private final Thread thread = new Thread(this::write, "selvedge-access-log");
  private volatile boolean closed;

  private AccessLogWriter(@Nullable BufferedWriter file) {
    this.file = file;
    thread.setDaemon(true);
  }

  /** Null if there is to be none; blocks while it opens the file. */
  static @Nullable AccessLogWriter open(AccessLogConfig config) {
    if (!config.on()) {
      return null;
    }
    AccessLogWriter writer =
        new AccessLogWriter(config.file().map(AccessLogWriter::file).orElse(null));
    writer.thread.start();
    return writer;
  }

  private static BufferedWriter file(Path path) {
    try {
      return Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException unwritable) {
      throw new ConfigException(
          "edge.access-log", path, "true, false, or a file that can be written");
    }
  }

  @Override
  public void ended(Entry entry) {
    if (!waiting.offer(new Line(Instant.now(), entry))) {
      dropped.incrementAndGet();
    }
  }

  private void write() {
    try {
      while (!closed || !waiting.isEmpty()) {
        Line next = waiting.poll(200, java.util.concurrent.TimeUnit.MILLISECONDS);
        if (next != null) {
          write(next);
        }
        if (file != null && waiting.isEmpty()) {
          file.flush();
        }
        long missed = dropped.getAndSet(0);
        if (missed > 0) {
          LOG.warn("access log dropped lines={}", missed);
        }
      }
    } catch (IOException broken) {
      LOG.error("access log ended", broken);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Line line) throws IOException {
    if (file == null) {
      LOG.info(text(line.entry()));
    } else {
      file.write(line.at() + " " + text(line.entry()));
      file.newLine();
    }
  }

  static String text(AccessLog.Entry entry) {
    return String.format(
        Locale.ROOT,
        "route=%s pool=%s member=%s sticky=%s client=%s method=%s path=%s status=%d ms=%.1f in=%d"
            + " out=%d reason=%s",
        orDash(entry.route()),
        orDash(entry.pool()),
        orDash(entry.member()),
        entry.sticky(),
        entry.client(),
        entry.method(),
        orDash(entry.path()),
        entry.status(),
        entry.nanos() / 1e6,
        entry.bytesIn(),
        entry.bytesOut(),
        entry.reason());
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  /** Writes what waits; blocks for at most two seconds. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(2_000);
      if (file != null) {
        file.close();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } catch (IOException late) {
      LOG.warn("access log not closed", late);
    }
  }
}
