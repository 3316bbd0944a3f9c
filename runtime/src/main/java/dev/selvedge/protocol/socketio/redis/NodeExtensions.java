package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.protocol.messagepack.Extensions;
import dev.selvedge.protocol.messagepack.MalformedMessagePack;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The extensions that notepack.io writes, and those that it once wrote: dates, which become what
 * JSON.stringify makes of them, undefined, which becomes null, and bytes.
 */
final class NodeExtensions implements Extensions {
  private static final int LEGACY = 0;
  private static final int TIMESTAMP = -1;

  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  @Override
  public @Nullable Object read(int type, boolean fixed, byte[] data) throws MalformedMessagePack {
    if (type == TIMESTAMP) {
      return iso(Extensions.timestamp(data));
    }
    if (type != LEGACY) {
      throw new MalformedMessagePack("MessagePack extension " + type + " (expected: -1 or 0)");
    }
    if (fixed && data.length == 1) {
      return null;
    }
    return fixed && data.length == 8
        ? iso(Instant.ofEpochMilli(ByteBuffer.wrap(data).getLong()))
        : Buffer.buffer(data);
  }

  private static String iso(Instant instant) throws MalformedMessagePack {
    try {
      return ISO.format(instant);
    } catch (DateTimeException e) {
      throw new MalformedMessagePack("MessagePack: expected a date within the years of Java");
    }
  }
}
