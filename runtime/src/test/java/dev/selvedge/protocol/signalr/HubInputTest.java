package dev.selvedge.protocol.signalr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HubInputTest {
  private final HubInput input = new HubInput(1_000);

  private void add(byte... bytes) {
    input.add(Unpooled.wrappedBuffer(bytes));
  }

  private void add(String text) {
    add(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<HubMessage> some() {
    return List.of(
        new HubMessage.Ping(),
        new HubMessage.Invocation("1", "Täärget", List.of("x".repeat(300), 1), List.of()),
        new HubMessage.Done("7"),
        new HubMessage.StreamItem("7", "ü"),
        new HubMessage.Close(null, true));
  }

  private static byte[] bytesOf(HubFormat format, List<HubMessage> messages) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    messages.forEach(message -> all.writeBytes(format.encode(message)));
    return all.toByteArray();
  }

  private void take(HubFormat format, List<HubMessage> into) throws HubViolation {
    for (HubMessage next = format.next(input); next != null; next = format.next(input)) {
      into.add(next);
    }
  }

  @ParameterizedTest
  @EnumSource(HubFormat.class)
  void messagesMayBeSplitAtEveryByte(HubFormat format) throws HubViolation {
    byte[] all = bytesOf(format, some());

    for (int at = 0; at <= all.length; at++) {
      List<HubMessage> taken = new ArrayList<>();
      input.add(Unpooled.wrappedBuffer(all, 0, at));
      take(format, taken);
      input.add(Unpooled.wrappedBuffer(all, at, all.length - at));
      take(format, taken);

      assertEquals(some(), taken, "split at " + at);
      assertTrue(input.isEmpty());
    }
  }

  @ParameterizedTest
  @EnumSource(HubFormat.class)
  void messagesMayComeByteByByte(HubFormat format) throws HubViolation {
    List<HubMessage> taken = new ArrayList<>();
    for (byte each : bytesOf(format, some())) {
      add(each);
      take(format, taken);
    }

    assertEquals(some(), taken);
  }

  @Test
  void whatFollowsTheHandshakeIsKept() throws HubViolation {
    add("{}\u001e");
    add(MessagePackHubCodec.encode(new HubMessage.Ping()));

    assertArrayEquals("{}".getBytes(StandardCharsets.UTF_8), input.nextRecord());
    assertEquals(new HubMessage.Ping(), HubFormat.MESSAGEPACK.next(input));
  }

  @Test
  void aRecordIsRefusedAsSoonAsItIsTooLong() throws HubViolation {
    add("x".repeat(1_000));
    assertNull(input.nextRecord());

    add("x");
    assertThrows(HubViolation.class, input::nextRecord);
  }

  @Test
  void aWholeRecordThatIsTooLongIsRefused() {
    add("x".repeat(1_001) + "\u001e");

    assertThrows(HubViolation.class, input::nextRecord);
  }

  @Test
  void aBodyIsRefusedByItsLength() {
    add((byte) 0xE9, (byte) 0x07);

    assertThrows(HubViolation.class, input::nextBody);
  }

  @Test
  void aLengthHasAtMostFiveBytes() throws HubViolation {
    add((byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF);
    assertNull(input.nextBody());

    add((byte) 0xFF);
    assertThrows(HubViolation.class, input::nextBody);
  }

  @Test
  void manySmallRecordsMayBeMoreThanTheLimitTogether() throws HubViolation {
    add("{}\u001e".repeat(10_000));

    int count = 0;
    while (input.nextRecord() != null) {
      count++;
    }
    assertEquals(10_000, count);
  }
}
