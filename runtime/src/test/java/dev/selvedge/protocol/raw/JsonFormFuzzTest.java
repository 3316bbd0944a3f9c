package dev.selvedge.protocol.raw;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import dev.selvedge.protocol.MediaType;
import dev.selvedge.testing.Fuzz;
import io.vertx.core.buffer.Buffer;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Damaged messages in the JSON form, with bytes in them, are read or refused, nothing else. */
class JsonFormFuzzTest {
  private static final Set<Integer> CODES =
      Set.of(CloseReason.INVALID_PAYLOAD.code(), CloseReason.POLICY_VIOLATION.code());

  private static final String[] BODIES = {
    "{\"event\":\"take\",\"args\":[1,\"é\",null,{\"a\":[true]}],\"id\":7}",
    "[{\"event\":\"a\"},{\"event\":\"b\",\"args\":[{\"$binary\":\"AQID\"}],\"id\":0}]",
    "{\"event\":\"sum\",\"id\":1,\"stream\":true,\"streams\":[1,2]}",
    "{\"stream\":1,\"item\":{\"$binary\":\"\"}}",
    "[{\"stream\":1,\"end\":true},{\"stream\":2,\"error\":{\"code\":\"c\",\"text\":\"t\"}}]",
    "{\"cancel\":9007199254740991}",
    "{\"answer\":3,\"args\":[1.5e3]}",
    "{\"answer\":3,\"error\":{\"code\":\"c\",\"text\":\"t\",\"data\":{}}}",
  };

  @Tag("fuzz")
  @Test
  void aMessageIsReadOrRefused() throws Exception {
    Fuzz.ofTexts("raw JSON form", BODIES)
        .words("[", "{\"a\":", "{\"$binary\":\"", "\"args\":[", "\"event\":", "\"stream\":", "},{")
        .words("\"id\":", "null", "\\u0000", "\\ud800", "\"")
        .refusedWith(MalformedMessage.class)
        .allocating(512, 128 * 1024)
        .run(JsonFormFuzzTest::read);
  }

  private static void read(byte[] body) throws MalformedMessage {
    try {
      JsonForm.list(new String(body, java.nio.charset.StandardCharsets.UTF_8));
    } catch (MalformedMessage malformed) {
      assertTrue(CODES.contains(malformed.reason().code()), malformed.reason().toString());
      throw malformed;
    }
  }

  @Tag("fuzz")
  @Test
  void aPostIsReadOrAnsweredWith400() throws Exception {
    Fuzz.ofTexts("raw posts", BODIES)
        .bytes("ff", "c0af", "eda080", "f4908080")
        .refusedWith(dev.selvedge.edge.HttpError.class)
        .allocating(512, 128 * 1024)
        .run(body -> PostedBody.read(MediaType.JSON, Buffer.buffer(body)));
  }
}
