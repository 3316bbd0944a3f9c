package dev.selvedge.protocol.signalr;

import dev.selvedge.session.Outbound;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The two forms of the hub protocol. */
enum HubFormat {
  JSON("json", false) {
    @Override
    byte[] encode(HubMessage message) {
      return JsonHubCodec.encode(message);
    }

    @Override
    @Nullable HubMessage next(HubInput input) throws HubViolation {
      byte[] record = input.nextRecord();
      return record == null ? null : JsonHubCodec.decode(record);
    }

    @Override
    byte[] invocation(Outbound event) {
      return event.in(JSON_INVOCATION);
    }
  },
  MESSAGEPACK("messagepack", true) {
    @Override
    byte[] encode(HubMessage message) {
      return MessagePackHubCodec.encode(message);
    }

    @Override
    @Nullable HubMessage next(HubInput input) throws HubViolation {
      byte[] body = input.nextBody();
      return body == null ? null : MessagePackHubCodec.decode(body);
    }

    @Override
    byte[] invocation(Outbound event) {
      return event.in(MESSAGEPACK_INVOCATION);
    }
  };

  /** Ids of invocations by the server begin with this, so that no id of a client is like one. */
  static final String OWN_ID = "s";

  // One instance each, so that what goes to a group is encoded once for all its members.
  private static final Outbound.Encoding<byte[]> JSON_INVOCATION =
      event -> JsonHubCodec.encode(invocationOf(event));
  private static final Outbound.Encoding<byte[]> MESSAGEPACK_INVOCATION =
      event -> MessagePackHubCodec.encode(invocationOf(event));

  private final String word;
  private final boolean binary;

  HubFormat(String word, boolean binary) {
    this.word = word;
    this.binary = binary;
  }

  /** The name in the handshake. */
  String word() {
    return word;
  }

  /** Whether it needs a transport that carries bytes. */
  boolean binary() {
    return binary;
  }

  static Optional<HubFormat> named(String word) {
    return Stream.of(values()).filter(format -> format.word.equals(word)).findFirst();
  }

  /** A message with what ends or precedes it. */
  abstract byte[] encode(HubMessage message);

  /**
   * The next message; null if it is not whole yet.
   *
   * @throws HubViolation if it is too long or malformed
   */
  abstract @Nullable HubMessage next(HubInput input) throws HubViolation;

  /** What {@link #encode} has made bytes of; null if they are not that. */
  @Nullable HubMessage decode(byte[] encoded) {
    HubInput input = new HubInput(encoded.length);
    input.add(Unpooled.wrappedBuffer(encoded));
    try {
      return next(input);
    } catch (HubViolation notOurs) {
      return null;
    }
  }

  /** An event as the invocation of a client's method; the bytes are shared. */
  abstract byte[] invocation(Outbound event);

  private static HubMessage invocationOf(Outbound event) {
    String id = event.request() < 0 ? null : OWN_ID + event.request();
    return new HubMessage.Invocation(id, String.valueOf(event.event()), event.args(), List.of());
  }
}
