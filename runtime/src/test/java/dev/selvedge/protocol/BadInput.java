package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import dev.selvedge.function.Transport;
import dev.selvedge.testing.Eventually;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Clients that send what they should not, to a node on real sockets; another client is not
 * disturbed, and what they did costs no memory when it is over.
 */
abstract class BadInput {
  /** What a collection leaves differs by so much from one time to the next. */
  private static final long NOISE = 6L * 1024 * 1024;

  private TestEdge edge;
  private RawClient witness;

  interface Deed {
    void run() throws Exception;
  }

  @BeforeEach
  void startWithAWitness() throws Exception {
    edge = new TestEdge(List.of(Transport.values()));
    witness = RawClient.webSocket(edge.port(), "/test", "Sec-WebSocket-Protocol: selvedge.json.v1");
    witness.frame(); // the hello
    assertEquals("{\"event\":\"welcome\",\"args\":[\"websocket\"]}", witness.frame().text());
  }

  @AfterEach
  void theWitnessWasNotDisturbed() throws Exception {
    try {
      witness.send(RawClient.text("{\"event\":\"echo\",\"args\":[\"still here\"],\"id\":1}"));
      assertEquals("{\"reply\":1,\"args\":[\"still here\"]}", witness.frame().text());
      witness.close();
      untilSessions(0);
    } finally {
      edge.close();
    }
  }

  int port() {
    return edge.port();
  }

  /** Waits until there are so many, the witness's included. */
  void untilSessions(int number) throws InterruptedException {
    Eventually.until(number + " sessions are left", () -> edge.sessions() == number);
  }

  /** Does it once, so that all is loaded; then again, and looks at what it leaves. */
  static void assertNoMoreMemory(Deed deed) throws Exception {
    deed.run();
    long before = used();
    deed.run();
    long grown = used() - before;
    assertTrue(grown < NOISE, grown + " bytes more than before");
  }

  private static long used() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
