package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadSizesTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final ExtendedHandle sizes = (ExtendedHandle) ReadSizes.ADAPTIVE.newHandle();

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  /** A read loop in which the socket has that much; tells how many reads it took. */
  private int read(int available) {
    sizes.reset(channel.config());
    int reads = 0;
    int rest = available;
    do {
      sizes.attemptedBytesRead(sizes.guess());
      sizes.lastBytesRead(Math.min(rest, sizes.guess()));
      rest -= sizes.lastBytesRead();
      sizes.incMessagesRead(1);
      reads++;
    } while (sizes.continueReading(() -> sizes.attemptedBytesRead() == sizes.lastBytesRead()));
    sizes.readComplete();
    return reads;
  }

  @Test
  void aBufferThatWasFilledIsFollowedByALargerOne() {
    assertEquals(2_048, sizes.guess());

    assertEquals(3, read(20_000), "2 KiB, 8 KiB and the rest");
    assertEquals(32 * 1024, sizes.guess());
    read(1_000_000);
    assertEquals(64 * 1024, sizes.guess(), "not beyond that");
  }

  @Test
  void twoSmallReadsInARowAreFollowedByASmallerOne() {
    read(100);
    assertEquals(2_048, sizes.guess());
    read(2_000);
    read(100);
    assertEquals(2_048, sizes.guess(), "not in a row");

    read(100);
    assertEquals(1_024, sizes.guess());
    for (int i = 0; i < 10; i++) {
      read(1);
    }
    assertEquals(512, sizes.guess(), "not below that");
  }

  @Test
  void oneConnectionDoesNotKeepTheLoopForItself() {
    assertEquals(16, read(Integer.MAX_VALUE));
  }

  @Test
  void whatIsNotToBeReadIsNot() {
    channel.config().setAutoRead(false);
    assertEquals(1, read(1_000_000));

    channel.config().setAutoRead(true);
    sizes.reset(channel.config());
    sizes.attemptedBytesRead(sizes.guess());
    sizes.lastBytesRead(-1);
    assertFalse(sizes.continueReading(), "the end");
    assertTrue(read(100_000) > 1);
  }

  @Test
  void eachConnectionHasItsOwn() {
    read(1_000_000);

    assertEquals(2_048, ReadSizes.ADAPTIVE.newHandle().guess());
  }
}
