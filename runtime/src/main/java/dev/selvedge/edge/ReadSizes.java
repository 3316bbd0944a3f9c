package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * How large the buffer of a connection's next read is: it grows as soon as one is filled, and
 * shrinks after two that were not half full. As Netty's adaptive allocator does it, but with one
 * object for a connection where that has four, which an idle one keeps too. Stateless.
 */
final class ReadSizes implements RecvByteBufAllocator {
  static final ReadSizes ADAPTIVE = new ReadSizes();

  private static final int LEAST = 512;
  private static final int FIRST = 2 * 1024;
  private static final int MOST = 64 * 1024;

  /** After so many reads in a row the loop's other connections have their turn. */
  private static final int READS = 16;

  private ReadSizes() {}

  @Override
  @SuppressWarnings("deprecation") // the interface that channels ask for
  public Handle newHandle() {
    return new Sizes();
  }

  /** Of one connection; confined to its event loop. */
  private static final class Sizes implements ExtendedHandle {
    @SuppressWarnings("NullAway.Init") // reset comes first
    private ChannelConfig config;

    private int size = FIRST;
    private int reads;
    private int bytes;
    private int attempted;
    private int last;
    private boolean wasSmall;

    @Override
    public void reset(ChannelConfig channel) {
      config = channel;
      reads = 0;
      bytes = 0;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.ioBuffer(size);
    }

    @Override
    public int guess() {
      return size;
    }

    @Override
    public void attemptedBytesRead(int count) {
      attempted = count;
    }

    @Override
    public int attemptedBytesRead() {
      return attempted;
    }

    @Override
    public void lastBytesRead(int count) {
      last = count;
      if (count > 0) {
        bytes += count;
        if (count == attempted) {
          size = Math.min(MOST, size * 4);
          wasSmall = false;
        }
      }
    }

    @Override
    public int lastBytesRead() {
      return last;
    }

    @Override
    public void incMessagesRead(int count) {
      reads += count;
    }

    @Override
    public boolean continueReading() {
      return mayContinue() && attempted == last;
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return mayContinue() && maybeMore.get();
    }

    private boolean mayContinue() {
      return config.isAutoRead() && reads < READS && bytes > 0;
    }

    @Override
    public void readComplete() {
      boolean small = bytes < size / 2;
      if (small && wasSmall) {
        size = Math.max(LEAST, size / 2);
      }
      wasSmall = small && !wasSmall;
    }
  }
}
