package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where frames and events end. */
class FrameBoundaryTest {
  private static byte[] unmasked(int length) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0x82);
    if (length < 126) {
      frame.write(length);
    } else if (length < 65_536) {
      frame.write(126);
      frame.write(length >> 8);
      frame.write(length);
    } else {
      frame.write(127);
      frame.writeBytes(new byte[] {0, 0, 0, 0});
      for (int shift = 24; shift >= 0; shift -= 8) {
        frame.write(length >> shift);
      }
    }
    frame.writeBytes(new byte[length]);
    return frame.toByteArray();
  }

  @Test
  void theEndsOfFramesAreFoundHoweverTheBytesAreCut() {
    Random random = new Random(7);
    int[] lengths = {0, 1, 125, 126, 127, 65_535, 65_536, 70_000};
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Set<Integer> ends = new HashSet<>(Set.of(0));
    for (int i = 0; i < 40; i++) {
      int length = lengths[random.nextInt(lengths.length)];
      all.writeBytes(
          random.nextBoolean() ? unmasked(length) : RawClient.frame(0x81, new byte[length]));
      ends.add(all.size());
    }
    byte[] stream = all.toByteArray();

    FrameBoundary frames = new FrameBoundary();
    for (int at = 0; at < stream.length; ) {
      int cut = Math.min(stream.length - at, 1 + random.nextInt(random.nextBoolean() ? 4 : 9000));
      frames.pass(Unpooled.wrappedBuffer(stream, at, cut));
      at += cut;
      assertEquals(ends.contains(at), frames.atBoundary(), "at " + at);
    }
    assertTrue(frames.atBoundary());
    assertFalse(frames.closed());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64, 125, 126, 127})
  void onlyAWholeFrameLeavesNothingToCome(int length) {
    for (byte[] frame : List.of(unmasked(length), RawClient.frame(0x82, new byte[length]))) {
      FrameBoundary frames = new FrameBoundary();
      for (int i = 0; i < 3; i++) {
        frames.pass(Unpooled.wrappedBuffer(frame));
        assertTrue(frames.atBoundary());
      }
      frames.pass(Unpooled.wrappedBuffer(frame, 0, frame.length - 1));
      assertFalse(frames.atBoundary());
      frames.pass(Unpooled.wrappedBuffer(frame, frame.length - 1, 1));
      assertTrue(frames.atBoundary());
      frames.pass(Unpooled.wrappedBuffer(frame, new byte[] {1}));
      assertFalse(frames.atBoundary());
    }
  }

  @Test
  void aLoneCloseIsNoticed() {
    FrameBoundary frames = new FrameBoundary();

    frames.pass(Unpooled.wrappedBuffer(RawClient.close(1000, "bye")));

    assertTrue(frames.closed());
    assertTrue(frames.atBoundary());
  }

  @Test
  void oneFramePassesAtATime() {
    FrameBoundary frames = new FrameBoundary();
    byte[] text = RawClient.text("hello");
    frames.pass(Unpooled.wrappedBuffer(text, 0, 3));
    ByteBuf rest = Unpooled.wrappedBuffer(text, 3, text.length - 3);

    assertEquals(text.length - 3, frames.passOneFrame(Unpooled.wrappedBuffer(rest, rest.copy())));
    assertTrue(frames.atBoundary());
  }

  @Test
  void aCloseIsNoticed() {
    FrameBoundary frames = new FrameBoundary();

    frames.pass(Unpooled.wrappedBuffer(RawClient.text("x"), RawClient.close(1000, "bye")));

    assertTrue(frames.closed());
    assertTrue(frames.atBoundary());
  }

  @Test
  void aLengthThatCannotBeHasNoEnd() {
    FrameBoundary frames = new FrameBoundary();

    frames.pass(Unpooled.wrappedBuffer(new byte[] {2, 127, -1, -1, -1, -1, -1, -1, -1, -1}));
    frames.pass(Unpooled.wrappedBuffer(new byte[100]));

    assertFalse(frames.atBoundary());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n"})
  void eventsEndWithAnEmptyLine(String newline) {
    EventBoundary events = new EventBoundary();
    assertTrue(events.atBoundary());

    events.cutsAfter(bytes("data: 1" + newline));
    assertFalse(events.atBoundary());
    events.cutsAfter(bytes(newline));
    assertTrue(events.atBoundary());
    events.cutsAfter(bytes("id: 2"));
    assertFalse(events.atBoundary());
    events.cutAtNext();

    assertFalse(events.cutsAfter(bytes(newline)));
    assertTrue(events.cutsAfter(bytes("data: 3" + newline + newline + "data: 4")));
    assertEquals(("data: 3" + newline + newline).length(), events.cut());
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }
}
