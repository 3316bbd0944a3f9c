package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsListenerTest {
  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private TestCertificate first;
  private TlsListener listener;

  @BeforeEach
  void open() {
    first = TestCertificate.make(directory, "edge", "EC", "localhost");
    listener =
        EdgeFixture.await(TlsListener.open(vertx, EdgeFixture.tls(Duration.ofSeconds(1), first)));
  }

  @AfterEach
  void close() {
    listener.close();
    EdgeFixture.await(vertx.close());
  }

  @Test
  void aFileThatCannotBeUsedChangesNothing() throws Exception {
    TlsContext before = listener.context();

    Files.writeString(first.key(), "no key");
    listener.look();
    assertSame(before, listener.context());
    Files.delete(first.key());
    listener.look();
    assertSame(before, listener.context());

    TestCertificate second = TestCertificate.make(directory, "edge", "EC", "localhost");
    listener.look();
    assertEquals(List.of(second.parsed()), listener.context().certificates().get(0).chain());
  }

  @Test
  void ofAPairBothMustHaveChanged() throws Exception {
    TlsContext before = listener.context();
    TestCertificate other = TestCertificate.make(directory, "other", "EC", "localhost");

    Files.copy(
        other.certificate(),
        first.certificate(),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    listener.look();
    assertSame(before, listener.context());

    Files.copy(other.key(), first.key(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    listener.look();
    assertEquals(List.of(other.parsed()), listener.context().certificates().get(0).chain());
  }
}
