package dev.selvedge.fabric;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What an envelope is when it has come to another node. */
public final class Wire {
  private Wire() {}

  /** Writes an envelope and reads it with a decoder that must need all of it. */
  public static Envelope over(Envelope envelope, Envelope.Decoder decoder) {
    ByteBuf bytes = Unpooled.buffer();
    envelope.writeTo(new ByteWriter(bytes));
    Envelope read = decoder.read(new ByteReader(bytes));
    if (bytes.isReadable()) {
      throw new AssertionError(bytes.readableBytes() + " bytes of " + envelope + " are left");
    }
    return read;
  }
}
