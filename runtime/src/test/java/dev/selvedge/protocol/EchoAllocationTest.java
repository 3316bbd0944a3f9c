package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.selvedge.function.Transport;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What an echoed message makes a node allocate on the heap, on its whole way: from the socket's
 * read through frame, session and function to the socket's write. Counted by the JVM for the event
 * loops alone, so it does not depend on how fast the machine is.
 */
class EchoAllocationTest {
  private static final int MESSAGES = 4_000;
  private static final int LENGTH = 64;
  private static final int TEXT = 0x81;

  /**
   * Bytes for a message: its text as it came, the records that carry it both ways and their
   * futures. Less once the JIT compiler has seen that some of them never leave their method.
   */
  private static final long MOST = 2_400;

  /** The JVM's own doings on a loop's thread, over all messages of a measurement. */
  private static final long NOISE = 24;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final TestEdge edge = new TestEdge(List.of(Transport.WEBSOCKET));
  private final List<Long> loops = new ArrayList<>();
  private final List<Socket> sockets = new ArrayList<>();

  @BeforeEach
  void findTheLoops() {
    edge.fabric
        .lanes()
        .forEach(
            lane -> {
              CompletableFuture<Long> id = new CompletableFuture<>();
              lane.run(() -> id.complete(Thread.currentThread().getId()));
              loops.add(id.join());
            });
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    edge.close();
  }

  @Test
  void anEchoedMessageAllocatesLittleAndTheSameHoweverManyCameBefore() throws IOException {
    Socket client = connect();
    echo(client, MESSAGES);

    long first = perMessage(client);
    for (int i = 0; i < 50; i++) {
      connect();
    }
    echo(client, MESSAGES);
    long later = perMessage(client);

    assertTrue(first <= MOST, "bytes for a message: " + first);
    assertTrue(later <= first + NOISE, "bytes for a message: " + first + ", later " + later);
  }

  private long perMessage(Socket client) throws IOException {
    long before = allocated();
    echo(client, MESSAGES);
    return (allocated() - before) / MESSAGES;
  }

  private long allocated() {
    return loops.stream().mapToLong(threads::getThreadAllocatedBytes).sum();
  }

  /** A client of the raw protocol without a subprotocol, behind its function's welcome. */
  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", edge.port());
    sockets.add(socket);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(120_000);
    String request =
        "GET /test HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int last4 = 0;
    while (last4 != 0x0d0a0d0a) {
      last4 = last4 << 8 | in.readUnsignedByte();
    }
    in.readUnsignedByte();
    in.readFully(new byte[in.readUnsignedByte()]);
    return socket;
  }

  private static void echo(Socket socket, int messages) throws IOException {
    byte[] frame = new byte[2 + 4 + LENGTH];
    frame[0] = (byte) TEXT;
    frame[1] = (byte) (0x80 | LENGTH);
    java.util.Arrays.fill(frame, 6, frame.length, (byte) 'x'); // behind a key of zeros
    OutputStream out = socket.getOutputStream();
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] reply = new byte[2 + LENGTH];
    for (int i = 0; i < messages; i++) {
      out.write(frame);
      in.readFully(reply);
    }
    assertEquals(TEXT << 8 | LENGTH, (reply[0] & 0xff) << 8 | reply[1]);
  }
}
