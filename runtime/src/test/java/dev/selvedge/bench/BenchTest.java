package dev.selvedge.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.TlsConfig;
import dev.selvedge.edge.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load generator against a real edge. What it measures is never compared with a time. */
class BenchTest {
  private static final Duration PATIENT = Duration.ofMinutes(3);
  private static final Progress SILENT = line -> {};
  private static final Bench.Echo ECHO = new Bench.Echo("x".repeat(64), false, false, 1, 0);

  private EchoServer server;

  @BeforeEach
  void start() throws Exception {
    server = new EchoServer(12);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private Load load(String path, int connections) {
    return load(server.target(path), connections, List.of(), List.of(), PATIENT);
  }

  private static Load load(
      Target target, int connections, List<String> headers, List<Long> pids, Duration grace) {
    return load(target, Trust.STANDARD, connections, headers, pids, grace);
  }

  private static Load load(
      Target target,
      Trust trust,
      int connections,
      List<String> headers,
      List<Long> pids,
      Duration grace) {
    return new Load(
        List.of(target),
        Dialect.raw(),
        trust,
        connections,
        0,
        2,
        null,
        headers,
        pids,
        Duration.ofMillis(50),
        Duration.ofMillis(400),
        Duration.ofMinutes(3),
        grace);
  }

  interface Run {
    Report run() throws Exception;
  }

  /** Measures again if the machine was too busy for a single message in the time that counts. */
  static Report withMessages(Run measured) throws Exception {
    Report report = measured.run();
    for (int i = 0; i < 20 && number(report, "messages") == 0; i++) {
      report = measured.run();
    }
    return report;
  }

  private static long number(Report report, String name) {
    return ((Number) report.figures().get(name)).longValue();
  }

  private static double latency(Report report, String percentile) {
    Map<?, ?> latency = (Map<?, ?>) report.figures().get("latencyMicros");
    return ((Number) latency.get(percentile)).doubleValue();
  }

  @Test
  void everyMessageOfAnEchoIsCountedAndTakesTime() throws Exception {
    Report report = withMessages(() -> Bench.echo(load("/echo", 10), ECHO, SILENT));

    assertEquals(List.of(), report.complaints());
    assertEquals(10, number(report, "opened"));
    assertTrue(number(report, "messages") > 0, report.toString());
    assertEquals(0, number(report, "missing"));
    assertEquals(0, number(report, "unexpected"));
    assertTrue(latency(report, "min") > 0, report.toString());
    assertTrue(latency(report, "max") >= latency(report, "p50"), report.toString());
  }

  @Test
  void messagesOfEveryLengthFormAndBinaryOnesComeBack() throws Exception {
    for (int size : List.of(1, 125, 126, 65_535, 65_536, 300_000)) {
      Bench.Echo echo = new Bench.Echo("y".repeat(size), size % 2 == 0, false, 3, 0);
      Report report = withMessages(() -> Bench.echo(load("/echo", 1), echo, SILENT));

      assertEquals(List.of(), report.complaints(), "size " + size);
      assertTrue(number(report, "messages") > 0, "size " + size);
    }
  }

  @Test
  void withARateAsManyMessagesAreSentAsWereAskedFor() throws Exception {
    Report report =
        Bench.echo(load("/echo", 10), new Bench.Echo("abc", false, false, 1, 1_000), SILENT);

    assertEquals(List.of(), report.complaints());
    Map<?, ?> latency = (Map<?, ?>) report.figures().get("latencyMicros");
    // 0.4 s of 1,000 a second: the schedule is fixed, however late the replies are.
    assertEquals(400, ((Number) latency.get("count")).longValue(), 2);
    Map<?, ?> longest = (Map<?, ?>) report.figures().get("longestWaitMicros");
    assertEquals(10L, longest.get("count"), "one of each connection");
    assertEquals(latency.get("max"), longest.get("max"));
  }

  @Test
  void aMessageThatIsNoReplyIsNotTakenForOne() throws Exception {
    Report report = Bench.echo(load("/welcome", 10), ECHO, SILENT);

    assertEquals(List.of(), report.complaints());
    assertEquals(10, number(report, "unexpected"));
  }

  @Test
  void missingRepliesAreReported() throws Exception {
    Load impatient = load(server.target("/mute"), 4, List.of(), List.of(), Duration.ofMillis(500));
    Report report = Bench.echo(impatient, ECHO, SILENT);

    assertEquals(List.of("4 replies are missing"), report.complaints());
    assertEquals(0, number(report, "messages"));
  }

  @Test
  void connectionsThatTheServerRefusesAreReportedWithItsReason() throws Exception {
    Report report = withMessages(() -> Bench.echo(load("/echo", 15), ECHO, SILENT));

    assertEquals(List.of("3 connections failed"), report.complaints());
    assertEquals(12, number(report, "opened"));
    assertEquals(Map.of("503 Service Unavailable", 3L), report.figures().get("reasons"));
    assertTrue(number(report, "messages") > 0);
  }

  @Test
  void connectionsThatTheServerClosesAreReported() throws Exception {
    Report report = Bench.echo(load("/cut", 5), ECHO, SILENT);

    assertEquals(5, number(report, "dropped"));
    assertEquals(Map.of("closed with 1011", 5L), report.figures().get("reasons"));
    assertEquals(
        List.of("5 replies are missing", "5 connections were closed by the server"),
        report.complaints());
  }

  @Test
  void aServerThatIsNotThereIsReported() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Target nobody = Target.parse("ws://127.0.0.1:" + port);
    Report report = Bench.echo(load(nobody, 3, List.of(), List.of(), PATIENT), ECHO, SILENT);

    assertEquals(List.of("3 connections failed"), report.complaints());
    assertTrue(report.figures().get("reasons").toString().contains("refused"), report.toString());
  }

  @Test
  void headersReachTheServer() throws Exception {
    Load refused = load(server.target("/echo"), 1, List.of("X-Test: no"), List.of(), PATIENT);
    Load taken = load(server.target("/echo"), 1, List.of("X-Test: yes"), List.of(), PATIENT);

    assertEquals(1, number(Bench.idle(refused, SILENT), "failed"));
    assertEquals(0, number(Bench.idle(taken, SILENT), "failed"));
  }

  @Test
  void idleConnectionsAreOpenedAndHeld() throws Exception {
    Report report = Bench.idle(load("/welcome", 10), SILENT);

    assertEquals(List.of(), report.complaints());
    assertEquals(10, number(report, "opened"));
    assertEquals(10, number(report, "messagesReceived"));
    assertTrue(number(report, "handshakesPerSecond") > 0);
  }

  @Test
  void theServersProcessIsMeasured() throws Exception {
    Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self")), "/proc is there on Linux");
    List<Long> own = List.of(ProcessHandle.current().pid());
    Load load = load(server.target("/echo"), 4, List.of(), own, PATIENT);

    Report echo = withMessages(() -> Bench.echo(load, ECHO, SILENT));
    Map<?, ?> busy = (Map<?, ?>) echo.figures().get("server");
    Map<?, ?> idle = (Map<?, ?>) Bench.idle(load, SILENT).figures().get("server");

    double cpu = ((Number) busy.get("cpuMicrosPerMessage")).doubleValue();
    double kernel = ((Number) busy.get("kernelMicrosPerMessage")).doubleValue();
    assertTrue(cpu > 0 && kernel >= 0 && kernel <= cpu, busy.toString());
    assertTrue(((Number) idle.get("residentBytes")).longValue() > 1_000_000, idle.toString());
  }

  @Test
  void aProcessThatIsNotThereIsRefused() {
    Load load = load(server.target("/echo"), 1, List.of(), List.of(1L << 40), PATIENT);

    assertThrows(IllegalArgumentException.class, () -> Bench.idle(load, SILENT));
  }

  @Test
  void aFanoutReachesEveryMember() throws Exception {
    Bench.Fanout fanout = new Bench.Fanout("join", "have joined", "say {key}!", 0);
    Report report = Bench.fanout(load("/room", 8), fanout, SILENT);

    assertEquals(List.of(), report.complaints());
    assertEquals(8, number(report, "joined"));
    assertTrue(number(report, "published") > 0, report.toString());
    assertTrue(latency(report, "min") > 0, report.toString());
  }

  @Test
  void aFanoutThatOnlyTheSenderHearsIsReported() throws Exception {
    Bench.Fanout fanout = new Bench.Fanout("", "", "{key}", 20);
    Load impatient = load(server.target("/echo"), 3, List.of(), List.of(), Duration.ofSeconds(15));
    Report report = Bench.fanout(impatient, fanout, SILENT);

    long published = number(report, "published");
    assertEquals(List.of(2 * published + " replies are missing"), report.complaints());
  }

  @Test
  void membersThatDoNotJoinAreReported() throws IOException, InterruptedException {
    Bench.Fanout fanout = new Bench.Fanout("join", "have joined", "say {key}!", 0);
    Load impatient = load(server.target("/mute"), 3, List.of(), List.of(), Duration.ofSeconds(1));
    Report report = Bench.fanout(impatient, fanout, SILENT);

    assertEquals(List.of("3 connections got no answer to their join"), report.complaints());
  }

  @Test
  void theEchoBackendSendsFramesOfEveryLengthBack() throws Exception {
    try (EchoBackend backend = new EchoBackend("127.0.0.1", 0)) {
      Target target = Target.parse("ws://127.0.0.1:" + backend.port() + "/any");
      for (int size : List.of(1, 7, 8, 125, 126, 65_535, 65_536, 300_000)) {
        Bench.Fanout marked = new Bench.Fanout("", "", "z".repeat(size) + "{key}", 0);
        Load one = load(target, 1, List.of(), List.of(), PATIENT);
        Report report = Bench.fanout(one, marked, SILENT);

        assertEquals(List.of(), report.complaints(), "size " + size);
        assertTrue(number(report, "published") > 0, "size " + size);
        assertEquals(0, number(report, "unexpected"), "size " + size);
      }
    }
  }

  @Test
  void aServerWithTlsIsBelievedIfItsCertificateIsVouchedFor(@TempDir Path directory)
      throws Exception {
    TestCertificate certificate = TestCertificate.make(directory, "a", "EC", "ip:127.0.0.1");
    TestCertificate other = TestCertificate.make(directory, "b", "EC", "example.org");

    try (EchoServer secure = new EchoServer(40, Optional.of(tls(certificate)))) {
      Target target = secure.secureTarget("/echo");
      for (Trust trust :
          List.of(new Trust(false, certificate.certificate()), new Trust(true, null))) {
        Report report =
            withMessages(
                () ->
                    Bench.echo(
                        load(target, trust, 10, List.of(), List.of(), PATIENT), ECHO, SILENT));
        assertEquals(List.of(), report.complaints());
        assertEquals(10, number(report, "opened"));
        assertTrue(number(report, "messages") > 0, report.toString());
      }
      for (Trust trust : List.of(Trust.STANDARD, new Trust(false, other.certificate()))) {
        Report report =
            Bench.echo(load(target, trust, 2, List.of(), List.of(), PATIENT), ECHO, SILENT);
        assertEquals(0, number(report, "opened"));
        assertTrue(report.toString().contains("PKIX"), report.toString());
      }
    }
  }

  @Test
  void aNameThatTheCertificateDoesNotHaveIsOnlyBelievedInsecurely(@TempDir Path directory)
      throws Exception {
    TestCertificate certificate = TestCertificate.make(directory, "a", "EC", "example.org");

    try (EchoServer secure = new EchoServer(20, Optional.of(tls(certificate)))) {
      Target target = secure.secureTarget("/echo");
      Trust strict = new Trust(false, certificate.certificate());
      Report refused =
          Bench.echo(load(target, strict, 2, List.of(), List.of(), PATIENT), ECHO, SILENT);
      assertEquals(0, number(refused, "opened"));

      Trust insecure = new Trust(true, null);
      Report taken =
          Bench.echo(load(target, insecure, 2, List.of(), List.of(), PATIENT), ECHO, SILENT);
      assertEquals(2, number(taken, "opened"));
    }
  }

  @Test
  void aFileWithoutCertificatesIsRefused(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("ca.pem"), "nothing");
    Target target = Target.parse("wss://127.0.0.1:1/");
    Load load = load(target, new Trust(false, file), 1, List.of(), List.of(), PATIENT);

    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> Bench.echo(load, ECHO, SILENT));
    assertTrue(error.getMessage().contains("ca.pem"), error.getMessage());
  }

  private static TlsConfig tls(TestCertificate certificate) {
    return new TlsConfig(
        0,
        List.of(certificate.certificate()),
        List.of(certificate.key()),
        "TLSv1.2",
        Duration.ofMinutes(3),
        Duration.ofDays(1),
        0);
  }
}
