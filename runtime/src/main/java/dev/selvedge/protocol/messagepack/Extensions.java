package dev.selvedge.protocol.messagepack;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the extension types of MessagePack become. */
public interface Extensions {
  /** Timestamps (spec.md, "Timestamp extension type") become their ISO-8601 text; no others. */
  Extensions TIMESTAMPS =
      (type, fixed, data) -> {
        if (type != -1) {
          throw new MalformedMessagePack("MessagePack extension " + type + " (expected: -1)");
        }
        return timestamp(data).toString();
      };

  /**
   * A value of the function API.
   *
   * @param fixed whether it was in one of the formats of fixed length, {@code fixext}
   * @throws MalformedMessagePack if there is no such extension, or its bytes are not one
   */
  @Nullable Object read(int type, boolean fixed, byte[] data) throws MalformedMessagePack;

  /** The instant that a timestamp of 4, 8 or 12 bytes stands for. */
  static Instant timestamp(byte[] bytes) throws MalformedMessagePack {
    ByteBuffer data = ByteBuffer.wrap(bytes);
    try {
      switch (bytes.length) {
        case 4:
          return Instant.ofEpochSecond(Integer.toUnsignedLong(data.getInt()));
        case 8:
          long both = data.getLong();
          return Instant.ofEpochSecond(both & 0x3_FFFF_FFFFL, both >>> 34);
        case 12:
          int nanos = data.getInt();
          return Instant.ofEpochSecond(data.getLong(), Integer.toUnsignedLong(nanos));
        default:
          throw new MalformedMessagePack("MessagePack: expected a timestamp of 4, 8 or 12 bytes");
      }
    } catch (DateTimeException e) {
      throw new MalformedMessagePack("MessagePack: expected a timestamp within the years of Java");
    }
  }
}
