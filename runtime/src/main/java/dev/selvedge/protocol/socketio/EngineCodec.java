package dev.selvedge.protocol.socketio;

import dev.selvedge.protocol.socketio.EnginePacket.Type;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Engine.IO protocol 4: packets, and the payloads that polls and posts carry them in. */
final class EngineCodec {
  /** What stands between the packets of a payload; JSON never holds it raw. */
  static final char SEPARATOR = 0x1e;

  static final Frame CLOSE = Frame.text("1");
  static final Frame PING = Frame.text("2");
  static final Frame PROBED = Frame.text("3probe");
  static final Frame NOOP = Frame.text("6");

  private EngineCodec() {}

  // Packets.

  /** One packet in its text form. */
  static EnginePacket decode(String packet) throws MalformedPacket {
    if (packet.isEmpty()) {
      throw new MalformedPacket("parse error");
    }
    char first = packet.charAt(0);
    if (first == 'b') {
      return EnginePacket.binary(base64(packet));
    }
    if (first < '0' || first > '6') {
      throw new MalformedPacket("parse error");
    }
    return EnginePacket.text(Type.of(first - '0'), packet.substring(1));
  }

  /** Line breaks are passed over: the client for Java ends with one. */
  private static Buffer base64(String packet) throws MalformedPacket {
    String digits = packet.substring(1);
    if (digits.indexOf('\n') >= 0) {
      digits = digits.replace("\n", "").replace("\r", "");
    }
    try {
      return Buffer.buffer(Base64.getDecoder().decode(digits));
    } catch (IllegalArgumentException notBase64) {
      throw new MalformedPacket("parse error");
    }
  }

  /** A frame as text: {@code b} and base64 where it is binary. */
  static Frame asText(Frame frame) {
    return frame.text() ? frame : new Frame(true, base64(frame));
  }

  private static byte[] base64(Frame binary) {
    byte[] encoded = Base64.getEncoder().encode(binary.bytes());
    byte[] packet = new byte[encoded.length + 1];
    packet[0] = 'b';
    System.arraycopy(encoded, 0, packet, 1, encoded.length);
    return packet;
  }

  /** The bytes of a packet in a payload. */
  static int lengthInPayload(Frame frame) {
    return frame.text() ? frame.length() : 1 + (frame.length() + 2) / 3 * 4;
  }

  // Payloads.

  /** The packets of a payload, one after the other; an empty payload is one empty packet. */
  static Iterator<String> packets(String payload) {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next <= payload.length();
      }

      @Override
      public String next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        int end = payload.indexOf(SEPARATOR, next);
        int until = end < 0 ? payload.length() : end;
        String packet = payload.substring(next, until);
        next = until + 1;
        return packet;
      }
    };
  }

  static Buffer payload(Collection<Frame> frames) {
    int length = frames.stream().mapToInt(frame -> lengthInPayload(frame) + 1).sum();
    Buffer payload = Buffer.buffer(length);
    for (Frame frame : frames) {
      if (payload.length() > 0) {
        payload.appendByte((byte) SEPARATOR);
      }
      payload.appendBytes(asText(frame).bytes());
    }
    return payload;
  }

  // The handshake.

  /** What a session begins with. */
  static Frame open(
      String sid,
      List<String> upgrades,
      Duration pingInterval,
      Duration pingTimeout,
      int maxPayload) {
    JsonObject handshake =
        new JsonObject()
            .put("sid", sid)
            .put("upgrades", new JsonArray(upgrades))
            .put("pingInterval", pingInterval.toMillis())
            .put("pingTimeout", pingTimeout.toMillis())
            .put("maxPayload", maxPayload);
    return Frame.text("0" + handshake.encode());
  }

  // Messages.

  /** A text message. */
  static Frame message(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] packet = new byte[bytes.length + 1];
    packet[0] = '4';
    System.arraycopy(bytes, 0, packet, 1, bytes.length);
    return new Frame(true, packet);
  }
}
