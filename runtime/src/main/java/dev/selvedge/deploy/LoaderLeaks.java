package dev.selvedge.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds class loaders of stopped versions that something still holds.
 *
 * <p>That a loader was not collected means nothing until the collector has looked at loaders at
 * all, which only some of its cycles do. So a canary, a small loader with a class of its own that
 * nothing holds, is set beside each closed one: when the canary is gone and the other is not, twice
 * in a row and {@code grace} after the close, the other is held.
 *
 * <p>Confined to lane 0, but for {@link #leaks}.
 */
final class LoaderLeaks {
  private static final Logger LOG = System.getLogger(LoaderLeaks.class.getName());

  private static final class Closed {
    final String function;
    final int version;
    final Instant at = Instant.now();
    final WeakReference<FunctionClassLoader> loader;
    WeakReference<ClassLoader> canary;
    int outlived;
    @Nullable LeakedLoader leak;

    Closed(
        String function,
        int version,
        FunctionClassLoader loader,
        WeakReference<ClassLoader> canary) {
      this.function = function;
      this.version = version;
      this.loader = new WeakReference<>(loader);
      this.canary = canary;
    }
  }

  private final Duration grace;
  private final byte[] feather = feather();
  private final List<Closed> closed = new ArrayList<>();
  private volatile List<LeakedLoader> leaks = List.of();

  LoaderLeaks(Duration grace) {
    this.grace = grace;
  }

  /** The version has stopped: nothing should hold its loader from now on. */
  void closed(String function, int version, FunctionClassLoader loader) {
    closed.add(new Closed(function, version, loader, canary()));
  }

  /** Looks again; call it every few seconds. */
  void check() {
    List<LeakedLoader> found = new ArrayList<>();
    for (Iterator<Closed> all = closed.iterator(); all.hasNext(); ) {
      Closed one = all.next();
      FunctionClassLoader loader = one.loader.get();
      if (loader == null) {
        all.remove();
      } else {
        look(one, loader);
        if (one.leak != null) {
          found.add(one.leak);
        }
      }
    }
    leaks = List.copyOf(found);
  }

  private void look(Closed one, FunctionClassLoader loader) {
    boolean due = one.canary.get() == null && Instant.now().isAfter(one.at.plus(grace));
    if (one.leak != null || !due) {
      return;
    }
    one.outlived++;
    one.canary = canary();
    if (one.outlived == 2) {
      one.leak = describe(one, loader);
      LOG.log(
          Level.WARNING,
          "class loader still held after stop function="
              + one.function
              + "@"
              + one.version
              + " suspects="
              + one.leak.suspects());
    }
  }

  private static LeakedLoader describe(Closed one, FunctionClassLoader loader) {
    List<String> threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getContextClassLoader() == loader)
            .map(thread -> "thread " + thread.getName())
            .sorted()
            .limit(5)
            .toList();
    String suspects =
        threads.isEmpty()
            ? "a thread-local on an event loop, a shutdown hook, a log handler or a global registry"
            : String.join(", ", threads);
    return new LeakedLoader(one.function, one.version, one.at, suspects);
  }

  /** The held ones. Any thread. */
  List<LeakedLoader> leaks() {
    return leaks;
  }

  private WeakReference<ClassLoader> canary() {
    return new WeakReference<>(new Canary(feather));
  }

  /** The class that canaries define. */
  static final class Feather {}

  /** A loader is of the collector's concern once it has defined a class. */
  private static final class Canary extends ClassLoader {
    Canary(byte[] feather) {
      super(null);
      defineClass(Feather.class.getName(), feather, 0, feather.length);
    }
  }

  private static byte[] feather() {
    String file = Feather.class.getName().replace('.', '/') + ".class";
    try (InputStream in = LoaderLeaks.class.getClassLoader().getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
