package dev.selvedge.protocol.socketio;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes packets of the messages of one connection: a packet with attachments is whole when its
 * binary messages have come, which follow it at once. Holds one packet at most, with {@link
 * PacketCodec#MAX_ATTACHMENTS} messages. After a {@link MalformedPacket} it is of no more use.
 */
final class PacketDecoder {
  private @Nullable Packet waiting;
  private List<Buffer> attachments = List.of();

  /** A text message; null if its packet is not whole yet. */
  @Nullable Packet text(String message) throws MalformedPacket {
    if (waiting != null) {
      throw new MalformedPacket("got plaintext data when reconstructing a packet");
    }
    Packet packet = PacketCodec.decode(message);
    if (packet.attachments() == 0) {
      return packet.type().isBinary() ? packet.whole() : packet;
    }
    waiting = packet;
    attachments = new ArrayList<>(packet.attachments());
    return null;
  }

  /** A binary message; null if there is more to come. */
  @Nullable Packet binary(Buffer message) throws MalformedPacket {
    Packet packet = waiting;
    if (packet == null) {
      throw new MalformedPacket("got binary data when not reconstructing a packet");
    }
    attachments.add(message);
    if (attachments.size() < packet.attachments()) {
      return null;
    }
    List<Buffer> all = attachments;
    waiting = null;
    attachments = List.of();
    if (packet.data() instanceof JsonArray data) {
      Placeholders.putIn(data, all);
    }
    return packet.whole();
  }
}
