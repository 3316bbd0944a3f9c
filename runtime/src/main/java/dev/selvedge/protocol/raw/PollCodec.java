package dev.selvedge.protocol.raw;

import io.vertx.core.buffer.Buffer;
import java.util.Collection;

/** The answer of a poll: a JSON array of messages in the JSON form, each with its number. Pure. */
final class PollCodec {
  private PollCodec() {}

  static Buffer answer(Collection<Tail.Entry> entries) {
    Buffer answer = Buffer.buffer("[");
    for (Tail.Entry entry : entries) {
      if (answer.length() > 1) {
        answer.appendByte((byte) ',');
      }
      // {"seq":n, goes in place of the object's opening brace.
      answer
          .appendString("{\"seq\":" + entry.seq() + ",")
          .appendBytes(entry.form(), 1, entry.form().length - 1);
    }
    return answer.appendByte((byte) ']');
  }
}
