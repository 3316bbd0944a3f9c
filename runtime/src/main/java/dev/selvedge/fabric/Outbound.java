package dev.selvedge.fabric;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a link: gathers envelopes into numbered batches, keeps each until it is
 * acknowledged, and sends again what was lost. Confined to its lane.
 *
 * <p>The bus below delivers in order or, when a connection breaks, loses. So the receiver keeps
 * nothing that comes early, and what is missing is sent again from there on. A batch that is not
 * acknowledged for a while is sent alone, as a probe; the answer tells what else to send again.
 */
final class Outbound {
  static final int BATCH_BYTES = 64 * 1024;
  static final long LIMIT_BYTES = 64L * 1024 * 1024;

  private static final int FIRST_BYTES = 512;
  private static final long FIRST_TIMEOUT = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long LAST_TIMEOUT = TimeUnit.SECONDS.toNanos(5);

  private record Batch(long number, ByteBuf bytes) {
    boolean isEmpty() {
      return bytes.writerIndex() == Frame.HEAD_BYTES;
    }
  }

  private final NodeId self;
  private final int lane;
  private final long epoch;
  private final Consumer<Buffer> wire;
  private final Deque<Batch> unacknowledged = new ArrayDeque<>();

  private @Nullable Batch open;
  private long lastNumber;
  private long pendingBytes;
  private boolean ready;
  private long timeout = FIRST_TIMEOUT;
  private long quietSince;

  Outbound(NodeId self, int lane, long epoch, Consumer<Buffer> wire) {
    this.self = self;
    this.lane = lane;
    this.epoch = epoch;
    this.wire = wire;
  }

  /**
   * Adds an envelope to the open batch. Throws {@link IllegalArgumentException}, and adds nothing,
   * if the envelope cannot be written.
   *
   * @param ack asked if a batch is full and leaves at once
   */
  void add(Envelope envelope, LongSupplier ack, long now) {
    Batch batch = openBatch();
    int start = batch.bytes().writerIndex();
    try {
      write(envelope, batch.bytes());
    } catch (RuntimeException e) {
      batch.bytes().writerIndex(start);
      throw e;
    }
    int end = batch.bytes().writerIndex();
    pendingBytes += end - start;
    if (end > BATCH_BYTES && start > Frame.HEAD_BYTES) {
      ByteBuf tail = batch.bytes().copy(start, end - start);
      batch.bytes().writerIndex(start);
      flush(ack, now);
      openBatch().bytes().writeBytes(tail);
    }
    if (openBatch().bytes().writerIndex() >= BATCH_BYTES) {
      flush(ack, now);
    }
  }

  /**
   * Sends the open batch, if there is one.
   *
   * @param ack asked for the acknowledgement that the batch carries, if it leaves now
   */
  void flush(LongSupplier ack, long now) {
    Batch batch = open;
    if (batch == null || batch.isEmpty()) {
      return;
    }
    open = null;
    if (unacknowledged.isEmpty()) {
      quietSince = now;
    }
    unacknowledged.add(batch);
    if (ready) {
      Frame.setAck(batch.bytes(), ack.getAsLong());
      send(batch);
    }
  }

  /** The peer listens: from here on batches leave, those that wait at once. */
  void ready(long now) {
    if (!ready) {
      ready = true;
      quietSince = now;
      unacknowledged.forEach(this::send);
    }
  }

  /** Everything up to that number has arrived. */
  void acknowledged(long number, long now) {
    if (number > lastNumber) {
      return;
    }
    boolean progress = false;
    Batch first;
    while ((first = unacknowledged.peek()) != null && first.number() <= number) {
      unacknowledged.remove();
      pendingBytes -= first.bytes().writerIndex() - Frame.HEAD_BYTES;
      progress = true;
    }
    if (progress) {
      timeout = FIRST_TIMEOUT;
      quietSince = now;
    }
  }

  /** Everything up to that number has arrived and nothing after it. */
  void missed(long number, long now) {
    acknowledged(number, now);
    if (ready) {
      quietSince = now;
      unacknowledged.forEach(this::send);
    }
  }

  /** Probes if nothing was acknowledged for the time-out, which doubles each time. */
  void tick(long now) {
    Batch first = unacknowledged.peek();
    if (ready && first != null && now - quietSince >= timeout) {
      quietSince = now;
      timeout = Math.min(2 * timeout, LAST_TIMEOUT);
      ByteBuf probe = first.bytes().copy();
      Frame.markProbe(probe);
      wire.accept(BufferInternal.buffer(probe));
    }
  }

  /** Bytes that were added and not acknowledged. */
  long pendingBytes() {
    return pendingBytes;
  }

  /** Whether {@link #tick} may have to act. */
  boolean isWaiting() {
    return ready && !unacknowledged.isEmpty();
  }

  boolean isEmpty() {
    return unacknowledged.isEmpty() && (open == null || open.isEmpty());
  }

  private Batch openBatch() {
    Batch batch = open;
    if (batch == null) {
      batch = new Batch(++lastNumber, Unpooled.buffer(FIRST_BYTES));
      new Frame(Frame.Type.BATCH, self, lane, epoch, lastNumber, 0).writeTo(batch.bytes());
      open = batch;
    }
    return batch;
  }

  private static void write(Envelope envelope, ByteBuf out) {
    ByteWriter writer = new ByteWriter(out);
    writer.number(envelope.kind());
    int lengthIndex = out.writerIndex();
    out.writeInt(0);
    envelope.writeTo(writer);
    out.setInt(lengthIndex, out.writerIndex() - lengthIndex - Integer.BYTES);
  }

  private void send(Batch batch) {
    wire.accept(BufferInternal.buffer(batch.bytes()));
  }
}
