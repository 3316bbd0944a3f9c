package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import dev.selvedge.function.EdgeFunction;
import io.vertx.core.Deployable;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Looks at an artifact before anything is done with it. Blocks. */
final class ArtifactInspector {
  private static final int LARGEST_MANIFEST = 256 * 1024;

  private final long maxArtifactBytes;

  ArtifactInspector(long maxArtifactBytes) {
    this.maxArtifactBytes = maxArtifactBytes;
  }

  /**
   * Checks a jar and its manifest.
   *
   * @return what will be a version, numbered 0
   * @throws DeployException saying what is wrong with it
   */
  FunctionVersion inspect(Path jar, Overrides overrides) throws IOException {
    long size = Files.size(jar);
    if (size > maxArtifactBytes) {
      throw tooBig(maxArtifactBytes);
    }
    JsonObject keys = ManifestFormat.load(manifestText(jar), overrides);
    Manifest manifest = ManifestFormat.read(keys);
    boolean plain = isPlain(jar, manifest);
    Manifest resolved =
        plain && !keys.containsKey("routes") ? manifest.withRoutes(List.of()) : manifest;
    return new FunctionVersion(
        0, ArtifactStore.hash(jar), size, Instant.now(), plain, Optional.of(resolved));
  }

  static DeployException tooBig(long most) {
    return new DeployException(
        Reason.TOO_BIG, "artifact: too big (expected: at most " + most + " bytes)");
  }

  private static String manifestText(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(ManifestFormat.PATH);
      if (entry == null) {
        throw new DeployException(
            Reason.NO_MANIFEST,
            "artifact: no " + ManifestFormat.PATH + " (expected: one that gives name and main)");
      }
      try (InputStream in = zip.getInputStream(entry)) {
        return new String(in.readNBytes(LARGEST_MANIFEST), StandardCharsets.UTF_8);
      }
    } catch (ZipException bad) {
      throw new DeployException(
          Reason.NOT_A_JAR,
          "artifact: not a jar, or cut short: " + bad.getMessage() + " (expected: a zip file)",
          bad);
    }
  }

  private static boolean isPlain(Path jar, Manifest manifest) throws IOException {
    try (FunctionClassLoader loader = new FunctionClassLoader(manifest.name(), 0, jar)) {
      Class<?> main = Class.forName(manifest.main(), false, loader);
      requireRunnable(main);
      return !EdgeFunction.class.isAssignableFrom(main);
    } catch (ClassNotFoundException missing) {
      throw badMain(manifest, "no such class in the jar", missing);
    } catch (NoSuchMethodException missing) {
      throw badMain(manifest, "no public constructor without parameters", missing);
    } catch (LinkageError broken) {
      throw badMain(manifest, "cannot be loaded: " + broken, broken);
    } catch (ClassCastException other) {
      throw badMain(manifest, String.valueOf(other.getMessage()), other);
    }
  }

  private static void requireRunnable(Class<?> main) throws NoSuchMethodException {
    if (!Deployable.class.isAssignableFrom(main)) {
      throw new ClassCastException(
          "is neither a " + EdgeFunction.class.getName() + " nor a Vert.x verticle");
    }
    if (Modifier.isAbstract(main.getModifiers()) || !Modifier.isPublic(main.getModifiers())) {
      throw new ClassCastException("is abstract or not public");
    }
    if (!Modifier.isPublic(main.getDeclaredConstructor().getModifiers())) {
      throw new NoSuchMethodException();
    }
  }

  private static DeployException badMain(Manifest manifest, String what, Throwable cause) {
    return new DeployException(
        Reason.BAD_MAIN,
        ManifestFormat.PATH
            + ": main: "
            + manifest.main()
            + ": "
            + what
            + " (expected: a public class in the jar that extends EdgeFunction or is a verticle)",
        cause);
  }
}
