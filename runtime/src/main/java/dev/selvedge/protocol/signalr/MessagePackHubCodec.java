package dev.selvedge.protocol.signalr;

import dev.selvedge.protocol.messagepack.MalformedMessagePack;
import dev.selvedge.protocol.messagepack.MessagePackReader;
import dev.selvedge.protocol.messagepack.MessagePackWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The MessagePack hub protocol (HubProtocol.md, "MessagePack (MsgPack) encoding"): arrays, each
 * behind its length in bytes as a VarInt.
 */
final class MessagePackHubCodec {
  // What a completion brings.
  private static final int ERROR = 1;
  private static final int VOID = 2;
  private static final int RESULT = 3;

  private MessagePackHubCodec() {}

  // ---- writing

  /** The message behind its length. */
  static byte[] encode(HubMessage message) {
    byte[] body = body(message);
    int prefix = lengthOfLength(body.length);
    byte[] framed = new byte[prefix + body.length];
    int rest = body.length;
    for (int i = 0; i < prefix; i++) {
      framed[i] = (byte) (i == prefix - 1 ? rest : rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    System.arraycopy(body, 0, framed, prefix, body.length);
    return framed;
  }

  private static int lengthOfLength(int length) {
    int bytes = 1;
    for (int rest = length >>> 7; rest > 0; rest >>>= 7) {
      bytes++;
    }
    return bytes;
  }

  private static byte[] body(HubMessage message) {
    MessagePackWriter out = new MessagePackWriter();
    if (message instanceof HubMessage.Invocation call) {
      begin(6, HubMessage.INVOCATION, out).text(call.id()).text(call.target());
      out.items(call.args()).items(call.streamIds());
    } else if (message instanceof HubMessage.StreamItem item) {
      begin(4, HubMessage.STREAM_ITEM, out).text(item.id()).value(item.item());
    } else if (message instanceof HubMessage.Failed failed) {
      begin(5, HubMessage.COMPLETION, out).text(failed.id()).whole(ERROR).text(failed.error());
    } else if (message instanceof HubMessage.Done done) {
      begin(4, HubMessage.COMPLETION, out).text(done.id()).whole(VOID);
    } else if (message instanceof HubMessage.Result result) {
      begin(5, HubMessage.COMPLETION, out).text(result.id()).whole(RESULT).value(result.result());
    } else if (message instanceof HubMessage.StreamInvocation call) {
      begin(6, HubMessage.STREAM_INVOCATION, out).text(call.id()).text(call.target());
      out.items(call.args()).items(call.streamIds());
    } else if (message instanceof HubMessage.CancelInvocation cancel) {
      begin(3, HubMessage.CANCEL_INVOCATION, out).text(cancel.id());
    } else if (message instanceof HubMessage.Ping) {
      out.array(1).whole(HubMessage.PING);
    } else if (message instanceof HubMessage.Close close) {
      out.array(3).whole(HubMessage.CLOSE).text(close.error()).truth(close.allowReconnect());
    } else if (message instanceof HubMessage.Ack ack) {
      out.array(2).whole(HubMessage.ACK).whole(ack.sequenceId());
    } else if (message instanceof HubMessage.Sequence sequence) {
      out.array(2).whole(HubMessage.SEQUENCE).whole(sequence.sequenceId());
    } else {
      throw new IllegalArgumentException("not to be sent: " + message);
    }
    return out.bytes();
  }

  /** Type and headers, of which there are none. */
  private static MessagePackWriter begin(int count, int type, MessagePackWriter out) {
    return out.array(count).whole(type).map(0);
  }

  // ---- reading

  /**
   * Reads one body. Items beyond those that are known are not looked at.
   *
   * @param body without its length
   */
  static HubMessage decode(byte[] body) throws HubViolation {
    try {
      return read(new MessagePackReader(body));
    } catch (MalformedMessagePack malformed) {
      throw HubViolation.malformed(malformed.text());
    }
  }

  private static HubMessage read(MessagePackReader in) throws HubViolation, MalformedMessagePack {
    int count = in.arrayHeader();
    require(count, 1);
    long type = in.whole();
    return switch ((int) Math.max(0, Math.min(type, 1_000))) {
      case HubMessage.INVOCATION -> {
        headers(count, 5, in);
        yield new HubMessage.Invocation(
            in.textOrNil(), in.text(), in.values(), streamIds(count, in));
      }
      case HubMessage.STREAM_ITEM -> {
        headers(count, 4, in);
        yield new HubMessage.StreamItem(in.text(), in.value());
      }
      case HubMessage.COMPLETION -> {
        headers(count, 4, in);
        yield completion(count, in);
      }
      case HubMessage.STREAM_INVOCATION -> {
        headers(count, 5, in);
        yield new HubMessage.StreamInvocation(
            in.text(), in.text(), in.values(), streamIds(count, in));
      }
      case HubMessage.CANCEL_INVOCATION -> {
        headers(count, 3, in);
        yield new HubMessage.CancelInvocation(in.text());
      }
      case HubMessage.PING -> new HubMessage.Ping();
      case HubMessage.CLOSE -> close(count, in);
      case HubMessage.ACK -> {
        require(count, 2);
        yield new HubMessage.Ack(in.whole());
      }
      case HubMessage.SEQUENCE -> {
        require(count, 2);
        yield new HubMessage.Sequence(in.whole());
      }
      default -> new HubMessage.Unknown(type);
    };
  }

  private static void require(int count, int least) throws HubViolation {
    if (count < least) {
      throw HubViolation.malformed(
          "a message has " + count + " items (expected: at least " + least + ")");
    }
  }

  private static void headers(int count, int least, MessagePackReader in)
      throws HubViolation, MalformedMessagePack {
    require(count, least);
    for (int left = in.mapHeader(); left > 0; left--) {
      String name = in.text();
      String value = in.text();
      if (name.isEmpty() || value.isEmpty()) {
        throw HubViolation.malformed("a header has an empty name or value");
      }
    }
  }

  /** Old clients leave them out. */
  private static List<String> streamIds(int count, MessagePackReader in)
      throws HubViolation, MalformedMessagePack {
    if (count < 6) {
      return List.of();
    }
    List<String> ids = new ArrayList<>();
    for (int left = in.arrayHeader(); left > 0; left--) {
      ids.add(in.text());
    }
    return ids;
  }

  private static HubMessage completion(int count, MessagePackReader in)
      throws HubViolation, MalformedMessagePack {
    String id = in.text();
    long kind = in.whole();
    if (kind == VOID) {
      return new HubMessage.Done(id);
    }
    require(count, 5);
    if (kind == ERROR) {
      return new HubMessage.Failed(id, in.text());
    }
    if (kind == RESULT) {
      return new HubMessage.Result(id, in.value());
    }
    throw HubViolation.malformed("a completion is of kind " + kind + " (expected: 1, 2 or 3)");
  }

  private static HubMessage close(int count, MessagePackReader in)
      throws HubViolation, MalformedMessagePack {
    require(count, 2);
    return new HubMessage.Close(in.textOrNil(), count > 2 && in.truth());
  }
}
