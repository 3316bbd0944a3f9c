package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** A message is what the WebSocket carries, and any message may be a reply. */
final class RawDialect extends Dialect {
  @Override
  String word() {
    return "ws";
  }

  @Override
  String resource(Target target) {
    return target.resource();
  }

  @Override
  void begin(Client client) {
    client.ready();
  }

  @Override
  void message(Client client, boolean text, ByteBuf bytes, int index, int length) {
    client.script().message(client, bytes, index, length);
  }

  @Override
  ByteBuf event(String message, boolean binary) {
    byte[] payload = message.getBytes(StandardCharsets.UTF_8);
    return Frames.frame(binary ? Frames.BINARY : Frames.TEXT, payload);
  }

  @Override
  ByteBuf request(int id, String message) {
    return event(message, false);
  }

  @Override
  Answers echoesOf(String message) {
    int expected = message.getBytes(StandardCharsets.UTF_8).length;
    return (bytes, index, length) -> length == expected;
  }

  @Override
  Answers replies() {
    return (bytes, index, length) -> true;
  }
}
