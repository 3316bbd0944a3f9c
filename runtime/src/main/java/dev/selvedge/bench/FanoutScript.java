package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins, and takes the time from the sending of a marked message until it arrives. */
final class FanoutScript implements Script {
  private static final int DIGITS = 12;

  private final Bench.Fanout fanout;
  private final Dialect dialect;
  private final Dialect.Answers replies;
  private final byte[] mark;
  private final ByteBuf markBytes;
  private final ByteBuf joinedBytes;
  private final @Nullable ByteBuf joinFrame;
  private final List<Client> clients = new ArrayList<>();
  private final Tally tally = new Tally();
  private @Nullable Window window;
  private @Nullable Rounds rounds;
  private Runnable allHaveHeard = () -> {};
  private int joined;
  private int markOffset;

  /**
   * @param mark what the key of each message begins with, different from run to run
   */
  FanoutScript(Bench.Fanout fanout, Dialect dialect, String mark) {
    this.fanout = fanout;
    this.dialect = dialect;
    this.replies = dialect.replies();
    this.mark = mark.getBytes(StandardCharsets.US_ASCII);
    this.markBytes = Unpooled.wrappedBuffer(this.mark);
    this.joinedBytes = Unpooled.copiedBuffer(fanout.joined(), StandardCharsets.UTF_8);
    dialect.event(fanout.message(), false).release(); // refuses what cannot be published
    this.joinFrame = fanout.join().isEmpty() ? null : dialect.request(1, fanout.join());
  }

  Tally tally() {
    return tally;
  }

  int joined() {
    return joined;
  }

  @Override
  public void opened(Client client) {
    clients.add(client);
    if (joinFrame == null) {
      joined++;
    } else {
      client.send(joinFrame.retainedDuplicate());
    }
  }

  /**
   * @param allHaveHeard run, on this loop, when the last member has received a message
   */
  void begin(Rounds rounds, Window window, Runnable allHaveHeard) {
    this.rounds = rounds;
    this.window = window;
    this.allHaveHeard = allHaveHeard;
  }

  /** Sends the next message from the first connection of this loop. */
  void publish(Rounds to, long at) {
    long round = to.send(at);
    String digits = String.format(java.util.Locale.ROOT, "%0" + DIGITS + "d", round);
    String key = new String(mark, StandardCharsets.US_ASCII) + digits;
    clients.get(0).send(dialect.event(fanout.message().replace("{key}", key), false));
  }

  @Override
  public void message(Client client, ByteBuf bytes, int index, int length) {
    Rounds known = rounds;
    Window running = window;
    if (known == null || running == null) {
      if (replies.include(bytes, index, length) && contains(bytes, index, length, joinedBytes)) {
        joined++;
      }
      return;
    }
    long round = round(bytes, index, length);
    long sent = round < 0 ? -1 : known.sentAt(round);
    if (sent < 0) {
      tally.unexpected();
      return;
    }
    tally.reply(running, sent, System.nanoTime());
    if (known.heard(round)) {
      allHaveHeard.run();
    }
  }

  private static boolean contains(ByteBuf bytes, int index, int length, ByteBuf part) {
    return ByteBufUtil.indexOf(part, bytes.slice(index, length)) >= 0;
  }

  /** The number behind the mark, or -1. The mark is mostly where it was in the message before. */
  private long round(ByteBuf bytes, int index, int length) {
    if (!isMarkAt(bytes, index, length, markOffset)) {
      markOffset = Math.max(0, ByteBufUtil.indexOf(markBytes, bytes.slice(index, length)));
      if (!isMarkAt(bytes, index, length, markOffset)) {
        return -1;
      }
    }
    long number = 0;
    int at = index + markOffset + mark.length;
    for (int i = 0; i < DIGITS; i++) {
      number = number * 10 + (bytes.getByte(at + i) - '0');
    }
    return number;
  }

  private boolean isMarkAt(ByteBuf bytes, int index, int length, int offset) {
    return offset + mark.length + DIGITS <= length
        && ByteBufUtil.equals(bytes, index + offset, markBytes, 0, mark.length);
  }
}
