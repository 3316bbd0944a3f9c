package dev.selvedge.fabric;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;

/**
 * What lanes send each other: a head, and in a batch the envelopes, each as kind (number), length
 * (four bytes) and body. All links of a pair of nodes carry the pair's epoch.
 *
 * <pre>
 *   type 1 byte | sender's id 8 bytes | sender's lane 2 bytes | epoch 8 bytes
 *   | batch: its number, from 1; else the last batch received in order, 8 bytes
 *   | batch: the last batch received in order from the addressed lane, 8 bytes
 * </pre>
 */
record Frame(Type type, NodeId from, int fromLane, long epoch, long number, long ack) {
  enum Type {
    BATCH,
    /** A batch that was sent before and not acknowledged: answer it at once, with a NACK. */
    PROBE,
    /** Everything up to the number was received. */
    ACK,
    /** The same, and nothing that was sent after it: send it again. */
    NACK;

    private static Type of(int code) {
      return switch (code) {
        case 0 -> BATCH;
        case 1 -> PROBE;
        case 2 -> ACK;
        case 3 -> NACK;
        default -> throw new IllegalArgumentException("frame type: " + code);
      };
    }

    private int code() {
      return switch (this) {
        case BATCH -> 0;
        case PROBE -> 1;
        case ACK -> 2;
        case NACK -> 3;
      };
    }
  }

  static final int HEAD_BYTES = 35;
  private static final int ID_BYTES = 8;
  private static final int ACK_INDEX = HEAD_BYTES - Long.BYTES;
  private static final int MAX_LANES = 1_024;

  /** Writes the head. */
  void writeTo(ByteBuf out) {
    out.writeByte(type.code());
    out.writeCharSequence(from.value(), StandardCharsets.US_ASCII);
    out.writeShort(fromLane);
    out.writeLong(epoch).writeLong(number).writeLong(ack);
  }

  Buffer toBuffer() {
    ByteBuf out = Unpooled.buffer(HEAD_BYTES);
    writeTo(out);
    return BufferInternal.buffer(out);
  }

  /** Reads a head; throws {@link IllegalArgumentException} if it is none. */
  static Frame read(ByteBuf in) {
    if (in.readableBytes() < HEAD_BYTES) {
      throw new IllegalArgumentException("frame: " + in.readableBytes() + " bytes");
    }
    Type type = Type.of(in.readUnsignedByte());
    NodeId from = nodeId(in);
    int lane = in.readUnsignedShort();
    if (lane >= MAX_LANES) {
      throw new IllegalArgumentException("frame lane: " + lane);
    }
    return new Frame(type, from, lane, in.readLong(), in.readLong(), in.readLong());
  }

  private static NodeId nodeId(ByteBuf in) {
    try {
      return new NodeId(in.readString(ID_BYTES, StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("frame sender: no node id", e);
    }
  }

  /** Says in a written batch that it is a probe now. */
  static void markProbe(ByteBuf batch) {
    batch.setByte(0, Type.PROBE.code());
  }

  static void setAck(ByteBuf batch, long ack) {
    batch.setLong(ACK_INDEX, ack);
  }
}
