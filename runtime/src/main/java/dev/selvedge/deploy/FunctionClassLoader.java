package dev.selvedge.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The classes of one version of a function. The JDK and the few packages that function and runtime
 * exchange objects of are shared; everything else comes from the jar, and only from the jar, so
 * that two functions can carry different versions of one library, and none sees the runtime's.
 *
 * <p>Its name is {@code function/<name>@<version>}: stack traces carry it.
 */
final class FunctionClassLoader extends URLClassLoader {
  private static final String NAME_PREFIX = "function/";

  /** The packages shared with the runtime, sub-packages included. */
  private static final List<String> SHARED =
      List.of(
          "dev.selvedge.function.",
          "io.vertx.core.",
          "io.netty.",
          "org.slf4j.",
          "com.fasterxml.jackson.core.",
          "com.fasterxml.jackson.databind.",
          "com.fasterxml.jackson.annotation.",
          "org.jspecify.");

  static {
    registerAsParallelCapable();
  }

  private final ClassLoader runtime;

  FunctionClassLoader(String function, int version, Path jar) {
    super(
        NAME_PREFIX + function + "@" + version,
        new URL[] {url(jar)},
        ClassLoader.getPlatformClassLoader());
    this.runtime = FunctionClassLoader.class.getClassLoader();
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException impossible) {
      throw new IllegalArgumentException(impossible);
    }
  }

  /** {@code <name>@<version>} if that loader name is one of a function. */
  static Optional<String> functionOf(@Nullable String loaderName) {
    return loaderName != null && loaderName.startsWith(NAME_PREFIX)
        ? Optional.of(loaderName.substring(NAME_PREFIX.length()))
        : Optional.empty();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (isShared(name)) {
      try {
        return runtime.loadClass(name);
      } catch (ClassNotFoundException notTheRuntimes) {
        return super.loadClass(name, resolve);
      }
    }
    return super.loadClass(name, resolve); // the JDK, then the jar
  }

  private static boolean isShared(String name) {
    for (String prefix : SHARED) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL own = findResource(name);
    if (own != null) {
      return own;
    }
    return isShared(name.replace('/', '.')) ? runtime.getResource(name) : super.getResource(name);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
    ClassLoader next = isShared(name.replace('/', '.')) ? runtime : getParent();
    all.addAll(Collections.list(next.getResources(name)));
    return Collections.enumeration(all);
  }

  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    URL url = getResource(name);
    try {
      return url == null ? null : url.openStream();
    } catch (IOException unreadable) {
      return null;
    }
  }

  @Override
  public @Nullable URL findResource(String name) {
    URL url = super.findResource(name);
    return url == null ? null : uncached(url);
  }

  @Override
  public Enumeration<URL> findResources(String name) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (URL url : Collections.list(super.findResources(name))) {
      urls.add(uncached(url));
    }
    return Collections.enumeration(urls);
  }

  /**
   * The JDK keeps jars opened through URLs in a cache for the life of the process and shares them:
   * closing one loader would break the streams of another with the same jar.
   */
  private static URL uncached(URL url) {
    try {
      return new URL(null, url.toExternalForm(), new Uncached(url));
    } catch (MalformedURLException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static final class Uncached extends URLStreamHandler {
    private final URL plain;

    Uncached(URL plain) {
      this.plain = plain;
    }

    @Override
    protected URLConnection openConnection(URL url) throws IOException {
      String form = url.toExternalForm();
      URL target = form.equals(plain.toExternalForm()) ? plain : new URL(form);
      URLConnection connection = target.openConnection();
      connection.setUseCaches(false);
      return connection;
    }
  }
}
