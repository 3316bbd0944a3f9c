package dev.selvedge.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Every buffer is tracked while a test runs; one that was lost without a release fails the test.
 */
public final class NoBufferLeaks implements BeforeEachCallback, AfterEachCallback {
  private static final Logger LOG = Logger.getLogger(ResourceLeakDetector.class.getName());

  /** What the detector has said, and how it was set before. */
  private static final class Watch extends Handler {
    final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    final List<String> leaks = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void publish(LogRecord record) {
      leaks.add(String.valueOf(record.getMessage()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Override
  public void beforeEach(ExtensionContext context) throws InterruptedException {
    Watch watch = new Watch();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    haveLeaksTold(); // those of earlier tests
    LOG.addHandler(watch);
    store(context).put(Watch.class, watch);
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    Watch watch = store(context).remove(Watch.class, Watch.class);
    haveLeaksTold();
    LOG.removeHandler(watch);
    ResourceLeakDetector.setLevel(watch.before);
    assertEquals(List.of(), watch.leaks);
  }

  private static ExtensionContext.Store store(ExtensionContext context) {
    return context.getStore(ExtensionContext.Namespace.create(NoBufferLeaks.class, context));
  }

  /** The detector learns of lost buffers from the collector, and tells with the next allocation. */
  private static void haveLeaksTold() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(20);
      ByteBufAllocator.DEFAULT.directBuffer(1).release();
      ByteBufAllocator.DEFAULT.heapBuffer(1).release();
    }
  }
}
