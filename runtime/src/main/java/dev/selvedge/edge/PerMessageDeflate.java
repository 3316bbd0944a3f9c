package dev.selvedge.edge;

import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The permessage-deflate extension (RFC 7692) without context takeover in either direction: every
 * message is compressed on its own, so that one compressor serves all connections of an event loop
 * and none holds native memory (a context of its own would cost each about 300 KB).
 *
 * <p>Confined to its event loop.
 */
final class PerMessageDeflate implements AutoCloseable {
  static final String NAME = "permessage-deflate";

  /** Smaller messages go uncompressed: the gain is less than the work. */
  static final int MIN_BYTES = 1024;

  private static final int MAX_WINDOW_BITS = 15;

  /** An empty stored block, which the sender leaves off (RFC 7692 §7.2.1). */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  private static final int STEP = 8 * 1024;

  private @Nullable Deflater deflater;
  private @Nullable Inflater inflater;
  private final byte[] chunk = new byte[STEP];

  /**
   * The answer to a client's offers (RFC 7692 §5.1, §7.1), or null if none can be accepted.
   *
   * @param offers the value of Sec-WebSocket-Extensions
   */
  static @Nullable String negotiate(@Nullable String offers) {
    if (offers == null) {
      return null;
    }
    for (String offer : offers.split(",")) {
      String answer = accept(offer.split(";"));
      if (answer != null) {
        return answer;
      }
    }
    return null;
  }

  private static @Nullable String accept(String[] offer) {
    if (!offer[0].strip().equals(NAME)) {
      return null;
    }
    String answer = NAME + "; server_no_context_takeover; client_no_context_takeover";
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < offer.length; i++) {
      int equals = offer[i].indexOf('=');
      String name = (equals < 0 ? offer[i] : offer[i].substring(0, equals)).strip();
      String value = equals < 0 ? null : offer[i].substring(equals + 1).strip();
      name = name.toLowerCase(Locale.ROOT);
      if (!seen.add(name) || !isAcceptable(name, value)) {
        return null;
      }
      if (name.equals("server_max_window_bits")) {
        answer += "; server_max_window_bits=" + MAX_WINDOW_BITS;
      }
    }
    return answer;
  }

  /** The JDK's zlib has no smaller window than the largest: an offer that wants one is declined. */
  private static boolean isAcceptable(String name, @Nullable String value) {
    return switch (name) {
      case "server_no_context_takeover", "client_no_context_takeover" -> value == null;
      case "client_max_window_bits" -> value == null || windowBits(value) >= 8;
      case "server_max_window_bits" -> value != null && windowBits(value) == MAX_WINDOW_BITS;
      default -> false;
    };
  }

  private static int windowBits(String value) {
    String digits =
        value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
            ? value.substring(1, value.length() - 1)
            : value;
    return digits.matches("[89]|1[0-5]") ? Integer.parseInt(digits) : -1;
  }

  /** Compresses a message (RFC 7692 §7.2.1); does not release it. */
  ByteBuf deflate(ByteBuf message, ByteBufAllocator alloc) {
    Deflater zip = deflater;
    if (zip == null) {
      zip = new Deflater(Deflater.BEST_SPEED, true);
      deflater = zip;
    }
    ByteBuf out = alloc.buffer(message.readableBytes() / 2 + 64);
    zip.reset();
    zip.setInput(message.nioBuffer());
    int written;
    do {
      written = zip.deflate(chunk, 0, chunk.length, Deflater.SYNC_FLUSH);
      out.writeBytes(chunk, 0, written);
    } while (written == chunk.length);
    return out.writerIndex(out.writerIndex() - TAIL.length);
  }

  /**
   * Inflates a message (RFC 7692 §7.2.2); does not release it.
   *
   * @throws WebSocketViolation 1009 as soon as the result exceeds {@code max}, 1007 for what is not
   *     DEFLATE
   */
  ByteBuf inflate(ByteBuf message, ByteBufAllocator alloc, int max) {
    Inflater unzip = inflater;
    if (unzip == null) {
      unzip = new Inflater(true);
      inflater = unzip;
    }
    ByteBuf out = alloc.buffer(Math.min(max, Math.max(64, message.readableBytes() * 2)));
    try {
      unzip.reset();
      inflate(unzip, message.nioBuffer(), out, max);
      inflate(unzip, ByteBuffer.wrap(TAIL), out, max);
      return out;
    } catch (DataFormatException e) {
      out.release();
      throw new WebSocketViolation(CloseReason.INVALID_PAYLOAD.because("message is not DEFLATE"));
    } catch (WebSocketViolation e) {
      out.release();
      throw e;
    }
  }

  private void inflate(Inflater unzip, ByteBuffer input, ByteBuf out, int max)
      throws DataFormatException {
    unzip.setInput(input);
    while (true) {
      int read = unzip.inflate(chunk);
      if (read > max - out.readableBytes()) {
        throw new WebSocketViolation(CloseReason.MESSAGE_TOO_BIG);
      }
      out.writeBytes(chunk, 0, read);
      if (unzip.finished() && input.hasRemaining()) {
        // A block marked final does not end the message (RFC 7692 §7.2.3.4).
        unzip.reset();
        unzip.setInput(input);
      } else if (read < chunk.length && (unzip.needsInput() || unzip.finished())) {
        return;
      } else if (read == 0) {
        throw new DataFormatException("needs a dictionary");
      }
    }
  }

  @Override
  public void close() {
    if (deflater != null) {
      deflater.end();
      deflater = null;
    }
    if (inflater != null) {
      inflater.end();
      inflater = null;
    }
  }
}
