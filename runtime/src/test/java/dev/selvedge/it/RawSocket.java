package dev.selvedge.it;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A socket that may say what no well-behaved client says. Blocks; a read gives up after 60 s. */
final class RawSocket implements AutoCloseable {
  static final int TEXT = 0x1;
  static final int CONTINUATION = 0x0;
  static final int CLOSE = 0x8;

  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int SMALL_WINDOW = 4 * 1024;
  private static final int READ_MILLIS = 60_000;

  /** A frame from the server (RFC 6455 §5.2). */
  record Frame(int opcode, byte[] payload) {
    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /** Of a Close frame. */
    int closeCode() {
      return payload.length < 2 ? 1005 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    }
  }

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final OutputStream out;

  RawSocket(int port) throws IOException {
    socket.setReceiveBufferSize(SMALL_WINDOW); // so that little is on its way to who does not read
    socket.setSoTimeout(READ_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** One whose WebSocket handshake is done. */
  static RawSocket webSocket(int port, String path) throws IOException {
    RawSocket socket = new RawSocket(port);
    socket.send(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    String head = socket.readHead();
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new IOException("no WebSocket: " + head);
    }
    return socket;
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Sends a frame as a client must: masked. */
  void frame(boolean last, int opcode, byte[] payload) throws IOException {
    frame(last, opcode, payload, MASKED);
  }

  /** Sends a frame as only a server may. */
  void unmaskedFrame(int opcode, byte[] payload) throws IOException {
    frame(true, opcode, payload, 0);
  }

  // The masking key is zero, so that masked bytes look as they are.
  private void frame(boolean last, int opcode, byte[] payload, int masked) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write((last ? FIN : 0) | opcode);
    if (payload.length < 126) {
      frame.write(masked | payload.length);
    } else if (payload.length < 1 << 16) {
      frame.write(masked | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(masked | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) payload.length >> shift));
      }
    }
    if (masked != 0) {
      frame.write(new byte[4], 0, 4);
    }
    frame.write(payload, 0, payload.length);
    send(frame.toByteArray());
  }

  Frame readFrame() throws IOException {
    int opcode = in.readUnsignedByte() & 0xf;
    long length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    return new Frame(opcode, payload);
  }

  /** Reads up to the Close frame; returns its code. */
  int awaitClose() throws IOException {
    Frame frame = readFrame();
    while (frame.opcode() != CLOSE) {
      frame = readFrame();
    }
    return frame.closeCode();
  }

  /** A line, without its end. */
  String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  /** The status line and the headers of an answer. */
  String readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      head.append(line).append('\n');
    }
    return head.toString();
  }

  /** The status of an answer, whose body is left unread. */
  int readStatus() throws IOException {
    return Integer.parseInt(readHead().split(" ", 3)[1]);
  }

  /** Reads an event stream up to the next event of that name; returns its data. */
  JsonObject awaitEvent(String name) throws IOException {
    String line = readLine();
    while (!line.equals("event: " + name)) {
      line = readLine();
    }
    while (!line.startsWith("data: ")) {
      line = readLine();
    }
    return new JsonObject(line.substring("data: ".length()));
  }

  /** All that comes until the other side closes. */
  String readToEnd() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Makes {@link #close} a reset. */
  void resetOnClose() throws IOException {
    socket.setSoLinger(true, 0);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
