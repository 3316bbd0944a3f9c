package dev.selvedge.fabric;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** What an envelope is when it has come to another node. */
public final class Wire {
  private Wire() {}

  /** Writes an envelope and reads it with a decoder that must need all of it. */
  public static Envelope over(Envelope envelope, Envelope.Decoder decoder) {
    ByteBuf bytes = Unpooled.wrappedBuffer(bytes(envelope));
    Envelope read = decoder.read(new ByteReader(bytes));
    if (bytes.isReadable()) {
      throw new AssertionError(bytes.readableBytes() + " bytes of " + envelope + " are left");
    }
    return read;
  }

  public static byte[] bytes(Envelope envelope) {
    ByteBuf bytes = Unpooled.buffer();
    envelope.writeTo(new ByteWriter(bytes));
    return ByteBufUtil.getBytes(bytes);
  }

  /** Reads what another node may have sent, be it right or not. */
  public static Envelope read(ByteBuf bytes, Envelope.Decoder decoder) {
    return decoder.read(new ByteReader(bytes));
  }
}
