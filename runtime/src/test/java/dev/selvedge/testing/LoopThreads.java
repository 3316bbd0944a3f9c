package dev.selvedge.testing;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for JMH that are to Netty what those of an event loop are: with pools of buffers of their
 * own. Named in {@code runtime/bench/jmh.sh}.
 */
public final class LoopThreads extends ThreadPoolExecutor {
  /** As JMH wants it. */
  public LoopThreads(int threads, String prefix) {
    super(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        new DefaultThreadFactory(prefix, true));
  }
}
