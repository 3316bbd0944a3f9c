package dev.selvedge.deploy;

import static dev.selvedge.deploy.TestNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.deploy.DeployException.Reason;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every artifact that must not be deployed: a clear error, and nothing else is disturbed. */
class ArtifactErrorsTest {
  @TempDir Path jars;
  @TempDir Path data;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.local(data);
  }

  @AfterEach
  void nothingIsLeftBehind() throws Exception {
    assertEquals(List.of(), node.view().functions());
    try (Stream<Path> files = Files.list(data.resolve("artifacts"))) {
      assertEquals(List.of(), files.filter(file -> file.toString().endsWith(".part")).toList());
    }
    node.close();
  }

  private void refused(Path jar, Reason reason, String... words) {
    DeployException error = assertThrows(DeployException.class, () -> node.deploy(jar));
    check(error, reason, words);
  }

  private static void check(DeployException error, Reason reason, String... words) {
    assertEquals(reason, error.reason(), error.getMessage());
    for (String word : words) {
      assertTrue(error.getMessage().contains(word), error.getMessage());
    }
  }

  @Test
  void whatIsNoZip() throws Exception {
    refused(Files.writeString(jars.resolve("a.jar"), "hello"), Reason.NOT_A_JAR, "not a jar");
    refused(Files.writeString(jars.resolve("b.jar"), ""), Reason.NOT_A_JAR, "not a jar");
  }

  @Test
  void aJarCutInTheMiddle() throws Exception {
    Path jar = TestJars.function("echo", "").in(jars);
    byte[] whole = Files.readAllBytes(jar);
    Files.write(jar, Arrays.copyOf(whole, whole.length / 2));

    refused(jar, Reason.NOT_A_JAR, "cut short");
  }

  @Test
  void aJarWithoutManifest() throws Exception {
    Path jar = TestJars.empty().main("", "").in(jars);

    refused(jar, Reason.NO_MANIFEST, "META-INF/function.yaml");
  }

  @Test
  void aJarWithABadManifest() throws Exception {
    Path jar = TestJars.function("echo", "").named("echo", "threading: fibre").in(jars);

    refused(jar, Reason.BAD_MANIFEST, "threading: fibre (expected: event-loop");
  }

  @Test
  void aMainClassThatIsMissing() throws Exception {
    Path jar = TestJars.function("echo", "").manifest("name: echo\nmain: t.Mian").in(jars);

    refused(jar, Reason.BAD_MAIN, "t.Mian", "no such class");
  }

  @Test
  void aMainClassThatIsNoFunction() throws Exception {
    Path jar = TestJars.empty().main("", "").named("echo", "").in(jars);

    refused(jar, Reason.BAD_MAIN, "neither", "EdgeFunction");
  }

  @Test
  void aMainClassThatCannotBeMade() throws Exception {
    refused(TestJars.function("echo", "Main(int a) {}").in(jars), Reason.BAD_MAIN, "constructor");
    Path isAbstract =
        TestJars.empty()
            .source(
                "t.Main",
                "package t; public abstract class Main extends"
                    + " dev.selvedge.function.EdgeFunction {}")
            .named("echo", "")
            .in(jars);
    refused(isAbstract, Reason.BAD_MAIN, "abstract");
  }

  @Test
  void aMainClassWhoseParentIsMissing() throws Exception {
    byte[] orphan;
    Path with =
        TestJars.empty()
            .main("extends Base", "")
            .source("t.Base", "package t; public class Base extends io.vertx.core.VerticleBase {}")
            .named("echo", "")
            .in(jars);
    try (java.util.zip.ZipFile zip = new java.util.zip.ZipFile(with.toFile())) {
      orphan = zip.getInputStream(zip.getEntry("t/Main.class")).readAllBytes();
    }

    refused(
        TestJars.empty().named("echo", "").file("t/Main.class", orphan).in(jars),
        Reason.BAD_MAIN,
        "t/Base");
  }

  @Test
  void aRouteThatIsTaken() throws Exception {
    node.deploy(TestJars.function("first", "").in(jars));

    refused(
        TestJars.function("second", "").named("second", "routes: [/x, /first]").in(jars),
        Reason.ROUTE_TAKEN,
        "/first",
        "function first");
    await(node.deployments.undeploy("first"));
    TestNode.until("nothing is left", () -> node.view().functions().isEmpty());
  }

  @Test
  void anArtifactThatIsTooBig() throws Exception {
    byte[] random = new byte[2 << 20];
    new java.util.Random(1).nextBytes(random);
    Path jar = TestJars.function("echo", "").file("data", random).in(jars);

    refused(jar, Reason.TOO_BIG, "at most 1048576 bytes");
    check(upload(jar, Optional.empty(), Optional.empty(), false), Reason.TOO_BIG, "at most");
    check(upload(jar, Optional.of(2L << 20), Optional.empty(), false), Reason.TOO_BIG, "at most");
  }

  @Test
  void anUploadThatEndsEarly() throws Exception {
    Path jar = TestJars.function("echo", "").in(jars);
    long length = Files.size(jar);

    check(
        upload(jar, Optional.of(length + 1), Optional.empty(), false),
        Reason.UPLOAD_CUT,
        "ended after " + length + " bytes (expected: " + (length + 1) + " bytes)");
    check(
        upload(jar, Optional.of(length), Optional.empty(), true),
        Reason.UPLOAD_CUT,
        "ended after",
        "(expected: " + length + " bytes)");
  }

  @Test
  void anUploadWithAnotherHashThanAnnounced() throws Exception {
    Path jar = TestJars.function("echo", "").in(jars);

    check(
        upload(jar, Optional.empty(), Optional.of("ab".repeat(32)), false),
        Reason.UPLOAD_CUT,
        "SHA-256",
        "ab".repeat(32));
  }

  @Test
  void aWholeUploadIsDeployed() throws Exception {
    Path jar = TestJars.function("echo", "").in(jars);
    Upload upload =
        new Upload(
            new Bytes(Files.readAllBytes(jar), false),
            Optional.of(Files.size(jar)),
            Optional.of(ArtifactStore.hash(jar)));

    assertEquals(1, await(node.deployments.deploy(upload, Overrides.NONE)).version());
    await(node.deployments.undeploy("echo"));
    TestNode.until("nothing is left", () -> node.view().functions().isEmpty());
  }

  private DeployException upload(
      Path jar, Optional<Long> length, Optional<String> sha256, boolean breaks) throws IOException {
    Upload upload = new Upload(new Bytes(Files.readAllBytes(jar), breaks), length, sha256);
    return assertThrows(
        DeployException.class, () -> await(node.deployments.deploy(upload, Overrides.NONE)));
  }

  /** Gives its bytes in pieces once it is resumed, and may break before the last one. */
  private static final class Bytes implements ReadStream<Buffer> {
    private final byte[] bytes;
    private final boolean breaks;
    private int at;
    private boolean flowing;
    private Handler<Buffer> data = piece -> {};
    private Handler<Void> end = done -> {};
    private Handler<Throwable> error = failure -> {};

    Bytes(byte[] bytes, boolean breaks) {
      this.bytes = bytes;
      this.breaks = breaks;
    }

    @Override
    public ReadStream<Buffer> resume() {
      flowing = true;
      while (flowing) {
        int next = Math.min(at + 1000, bytes.length);
        if (next == bytes.length && breaks) {
          flowing = false;
          error.handle(new IOException("connection closed"));
        } else if (at == bytes.length) {
          flowing = false;
          end.handle(null);
        } else {
          byte[] piece = Arrays.copyOfRange(bytes, at, next);
          at = next;
          data.handle(Buffer.buffer(piece));
        }
      }
      return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
      flowing = false;
      return this;
    }

    @Override
    public ReadStream<Buffer> handler(Handler<Buffer> handler) {
      data = handler;
      return this;
    }

    @Override
    public ReadStream<Buffer> endHandler(Handler<Void> handler) {
      end = handler;
      return this;
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
      error = handler;
      return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
      return resume();
    }
  }
}
