package dev.selvedge.edge;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends and reads exact frames of HTTP/2 over TLS. Header blocks are sent as literals
 * in their order, so that they may hold anything.
 */
public final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  /**
   * @param fields of HEADERS
   */
  record Frame(int type, int flags, int stream, byte[] payload, Map<String, String> fields) {
    boolean ends() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }

    /** Of RST_STREAM, the code; of GOAWAY, the last stream, then the code. */
    int number(int at) {
      return Unpooled.wrappedBuffer(payload).getInt(at);
    }
  }

  /**
   * What became of a stream.
   *
   * @param status 0 if there was no answer
   * @param reset the code of a RST_STREAM or GOAWAY that ended it, -1 for none, -2 if the
   *     connection just ended
   */
  public record Outcome(int status, Map<String, String> headers, byte[] body, int reset) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** Whether the request was refused in one of the ways that RFC 9113 §8.1.1 has for it. */
    public boolean refused() {
      return status >= 400 || status == 0 && reset != 0;
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);

  public RawHttp2(TestCertificate certificate, int port) throws IOException {
    socket = certificate.connect(port, "localhost", "h2");
    in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
  }

  /** Connects and sends the preface with empty SETTINGS. */
  public static RawHttp2 open(TestCertificate certificate, int port) throws IOException {
    RawHttp2 client = new RawHttp2(certificate, port);
    client.preface();
    return client;
  }

  void preface() throws IOException {
    send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  static byte[] bytesOf(int type, int flags, int stream, byte[] payload) {
    byte[] frame = new byte[9 + payload.length];
    Unpooled.wrappedBuffer(frame)
        .writerIndex(0)
        .writeMedium(payload.length)
        .writeByte(type)
        .writeByte(flags)
        .writeInt(stream)
        .writeBytes(payload);
    return frame;
  }

  RawHttp2 frame(int type, int flags, int stream, byte[] payload) throws IOException {
    send(bytesOf(type, flags, stream, payload));
    return this;
  }

  RawHttp2 number(int type, int stream, int number) throws IOException {
    byte[] payload = new byte[4];
    Unpooled.wrappedBuffer(payload).setInt(0, number);
    return frame(type, 0, stream, payload);
  }

  /** A header block: names and values in turn. */
  static byte[] block(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i++) {
      if (i % 2 == 0) {
        block.write(0); // literal without indexing, new name (RFC 7541 §6.2.2)
      }
      byte[] text = fields[i].getBytes(StandardCharsets.ISO_8859_1);
      int rest = text.length;
      if (rest < 127) {
        block.write(rest);
      } else {
        block.write(127);
        for (rest -= 127; rest >= 128; rest >>= 7) {
          block.write(rest & 127 | 128);
        }
        block.write(rest);
      }
      block.writeBytes(text);
    }
    return block.toByteArray();
  }

  public RawHttp2 headers(int stream, boolean end, String... fields) throws IOException {
    return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields));
  }

  /** The four pseudo-header fields of an ordinary request, and more fields behind them. */
  public static String[] request(String method, String path, String... more) {
    String[] fields = new String[8 + more.length];
    String[] first = {
      ":method", method, ":scheme", "https", ":path", path, ":authority", "localhost"
    };
    System.arraycopy(first, 0, fields, 0, 8);
    System.arraycopy(more, 0, fields, 8, more.length);
    return fields;
  }

  public RawHttp2 get(int stream, String path, String... more) throws IOException {
    return headers(stream, true, request("GET", path, more));
  }

  public RawHttp2 data(int stream, boolean end, String text) throws IOException {
    return frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Gives a stream up: RST_STREAM with CANCEL. */
  public RawHttp2 reset(int stream) throws IOException {
    return number(RST_STREAM, stream, 8);
  }

  /** The next frame, acknowledged if it is SETTINGS; null at the end of the connection. */
  @Nullable Frame next() throws IOException {
    int first = read();
    if (first < 0) {
      return null;
    }
    int length = first << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(length);
    // Decoded whoever asks for it: each block changes the tables.
    Map<String, String> fields = type == HEADERS ? fields(stream, payload) : Map.of();
    Frame frame = new Frame(type, flags, stream, payload, fields);
    if (frame.type() == SETTINGS && (frame.flags() & ACK) == 0) {
      try {
        frame(SETTINGS, ACK, 0, new byte[0]);
      } catch (SocketException closed) {
        // what the other side has sent can still be read
      }
    }
    return frame;
  }

  private int read() throws IOException {
    try {
      return in.read();
    } catch (SocketException reset) {
      return -1;
    }
  }

  /** The next frame of a type; null if the connection ends before. */
  @Nullable Frame next(int type) throws IOException {
    Frame frame;
    do {
      frame = next();
    } while (frame != null && frame.type() != type);
    return frame;
  }

  private Map<String, String> fields(int stream, byte[] block) {
    try {
      Map<String, String> fields = new LinkedHashMap<>();
      Http2Headers decoded = hpack.decodeHeaders(stream, Unpooled.wrappedBuffer(block));
      decoded.forEach(field -> fields.put(field.getKey().toString(), field.getValue().toString()));
      return fields;
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads on until the stream is over; the windows of what arrives are given back. */
  public Outcome outcome(int stream) throws IOException {
    int status = 0;
    Map<String, String> headers = Map.of();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Frame frame = next(); frame != null; frame = next()) {
      if (frame.type() == GOAWAY && frame.number(4) != 0) {
        return new Outcome(status, headers, body.toByteArray(), frame.number(4));
      }
      if (frame.stream() != stream) {
        continue;
      }
      if (frame.type() == HEADERS && !frame.fields().get(":status").startsWith("1")) {
        headers = frame.fields();
        status = Integer.parseInt(headers.get(":status"));
      }
      if (frame.type() == DATA && frame.payload().length > 0) {
        body.writeBytes(frame.payload());
        number(WINDOW_UPDATE, 0, frame.payload().length);
        if (!frame.ends()) {
          number(WINDOW_UPDATE, stream, frame.payload().length);
        }
      }
      if (frame.type() == RST_STREAM) {
        return new Outcome(status, headers, body.toByteArray(), frame.number(0));
      }
      if (frame.ends()) {
        return new Outcome(status, headers, body.toByteArray(), -1);
      }
    }
    return new Outcome(status, headers, body.toByteArray(), -2);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
