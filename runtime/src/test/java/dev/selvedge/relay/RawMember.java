package dev.selvedge.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assertions;

/**
 * A member that reads and sends exact bytes. Each connection runs the script in a thread of its
 * own; what a script throws ends its connection.
 */
final class RawMember implements AutoCloseable {
  /** What a connection does. */
  interface Script {
    void run(Connection connection) throws Exception;
  }

  /** A request as its bytes were. */
  record Request(String head, byte[] body) {
    String line() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    /** The values of a header's lines. */
    List<String> all(String name) {
      List<String> values = new ArrayList<>();
      for (String line : head.split("\r\n")) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
          values.add(line.substring(colon + 1).strip());
        }
      }
      return values;
    }

    String header(String name) {
      List<String> values = all(name);
      Assertions.assertTrue(
          values.size() <= 1, () -> name + " is there " + values.size() + " times");
      return values.isEmpty() ? null : values.get(0);
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** One accepted socket. */
  final class Connection {
    final Socket socket;
    final InputStream in;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
    }

    /** The next request with its body; null at the end. */
    Request request() throws IOException {
      String head = head();
      if (head == null) {
        return null;
      }
      Request bare = new Request(head, new byte[0]);
      String length = bare.header("content-length");
      byte[] body = new byte[0];
      if (length != null) {
        body = in.readNBytes(Integer.parseInt(length));
        if (body.length < Integer.parseInt(length)) {
          return null;
        }
      } else if (bare.header("transfer-encoding") != null) {
        body = chunks();
      }
      Request request = new Request(head, body);
      requests.add(request);
      return request;
    }

    /** A head with its empty line; null at the end. */
    String head() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      int ends = 0;
      while (ends < 4) {
        int b = in.read();
        if (b < 0) {
          return null;
        }
        head.write(b);
        ends = b == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : b == '\r' ? 1 : 0;
      }
      return head.toString(StandardCharsets.ISO_8859_1);
    }

    private byte[] chunks() throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        int size = Integer.parseInt(line(), 16);
        body.write(in.readNBytes(size));
        line();
        if (size == 0) {
          return body.toByteArray();
        }
      }
    }

    String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new IOException("end of stream");
        }
        if (b != '\r') {
          line.append((char) b);
        }
      }
      return line.toString();
    }

    Connection send(String text) throws IOException {
      return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Connection send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      return this;
    }

    /** Sends a 200 with this text. */
    Connection ok(String text) throws IOException {
      return send("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    }

    /** Accepts a WebSocket handshake. */
    Connection accept(Request handshake, String... headers) throws IOException {
      return send(switching(handshake, headers));
    }

    /** Waits until the other side has closed. */
    void untilClosed() {
      try {
        in.transferTo(java.io.OutputStream.nullOutputStream());
      } catch (IOException reset) {
        // is an end, too
      }
      closed.incrementAndGet();
    }
  }

  static String switching(Request handshake, String... headers) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n"
        + "Sec-WebSocket-Accept: "
        + dev.selvedge.edge.WebSocketKey.accept(handshake.header("sec-websocket-key"))
        + "\r\n"
        + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n")
        + "\r\n";
  }

  /** Answers each request with what it was. */
  static final Script ECHO =
      connection -> {
        for (Request r = connection.request(); r != null; r = connection.request()) {
          connection.ok(r.line() + "|" + r.text());
        }
      };

  /** Accepts a WebSocket and sends every byte back as it came. */
  static final Script TUNNEL_ECHO =
      connection -> {
        connection.accept(connection.request());
        connection.in.transferTo(connection.socket.getOutputStream());
      };

  final List<Request> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger accepted = new AtomicInteger();
  final AtomicInteger open = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final ServerSocket server;
  private volatile Script script;

  RawMember(Script script) throws IOException {
    this(script, new ServerSocket(0, 4096, InetAddress.getLoopbackAddress()));
  }

  RawMember(Script script, ServerSocket server) {
    this.script = script;
    this.server = server;
    Thread acceptor = new Thread(this::acceptAll, "member");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  /** From now on, new connections do this. */
  void script(Script next) {
    script = next;
    requests.clear();
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  Request onlyRequest() {
    Assertions.assertEquals(1, requests.size());
    return requests.get(0);
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        accepted.incrementAndGet();
        open.incrementAndGet();
        sockets.add(socket);
        Script now = script;
        Thread thread = new Thread(() -> serve(now, socket), "member-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Script now, Socket socket) {
    try (socket) {
      now.run(new Connection(socket));
    } catch (Exception e) {
      if (!(e instanceof IOException)) {
        e.printStackTrace();
      }
    } finally {
      open.decrementAndGet();
      sockets.remove(socket);
    }
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
