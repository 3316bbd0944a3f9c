package dev.selvedge.edge;

import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
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
  /** Smaller messages go uncompressed: the gain is less than the work. */
  static final int MIN_BYTES = 1024;

  /** An empty stored block, which the sender leaves off (RFC 7692 §7.2.1). */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  /** An empty last block, which zlib only takes where a block may begin. */
  private static final byte[] END = {3, 0};

  /** Final blocks within a message, each of which costs a start of zlib for as few as two bytes. */
  private static final int MAX_RESTARTS = 1024;

  private static final int STEP = 8 * 1024;

  private @Nullable Deflater deflater;
  private @Nullable Inflater inflater;
  private final byte[] chunk = new byte[STEP];

  /**
   * Compresses a message (RFC 7692 §7.2.1); does not release it.
   *
   * @param windowBits the client looks back no further than two to this power. The JDK's zlib has
   *     the largest window only; within a smaller one, it starts afresh after as many bytes
   */
  ByteBuf deflate(ByteBuf message, ByteBufAllocator alloc, int windowBits) {
    Deflater zip = deflater;
    if (zip == null) {
      zip = new Deflater(Deflater.BEST_SPEED, true);
      deflater = zip;
    }
    zip.reset();
    int length = message.readableBytes();
    int step = windowBits == DeflateTerms.MAX_WINDOW_BITS ? length : 1 << windowBits;
    ByteBuf out = alloc.buffer(length / 2 + 64);
    int at = 0;
    do {
      zip.setInput(message.nioBuffer(message.readerIndex() + at, Math.min(step, length - at)));
      at += step;
      drain(zip, out, at < length ? Deflater.FULL_FLUSH : Deflater.SYNC_FLUSH);
    } while (at < length);
    return out.writerIndex(out.writerIndex() - TAIL.length);
  }

  private void drain(Deflater zip, ByteBuf out, int flush) {
    int written;
    do {
      written = zip.deflate(chunk, 0, chunk.length, flush);
      out.writeBytes(chunk, 0, written);
    } while (written == chunk.length);
  }

  /**
   * Inflates a message (RFC 7692 §7.2.2); does not release it. An empty one, which some clients
   * make of nothing, is nothing.
   *
   * @throws WebSocketViolation 1009 as soon as the result exceeds {@code max}, 1007 for what is not
   *     DEFLATE or breaks off within a block
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
      if (message.isReadable() && !unzip.finished()) {
        inflate(unzip, ByteBuffer.wrap(TAIL), out, max);
        inflate(unzip, ByteBuffer.wrap(END), out, max);
        if (!unzip.finished()) {
          throw new DataFormatException("breaks off");
        }
      }
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
    int restarts = 0;
    while (true) {
      int read = unzip.inflate(chunk);
      if (read > max - out.readableBytes()) {
        throw new WebSocketViolation(CloseReason.MESSAGE_TOO_BIG);
      }
      out.writeBytes(chunk, 0, read);
      if (unzip.finished() && input.hasRemaining()) {
        // A block marked final does not end the message (RFC 7692 §7.2.3.4).
        if (++restarts > MAX_RESTARTS) {
          throw new DataFormatException("final blocks without end");
        }
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
