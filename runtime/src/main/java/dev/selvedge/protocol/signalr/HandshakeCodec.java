package dev.selvedge.protocol.signalr;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The handshake of a hub (HubProtocol.md, "Overview"): JSON records, whatever follows them. */
final class HandshakeCodec {
  /** The newest version of the hub protocols; it came with resumed connections. */
  static final long VERSION = 2;

  /** What a client wants to speak. */
  record Request(String protocol, long version) {}

  private HandshakeCodec() {}

  /**
   * Reads the client's record; unknown members are skipped.
   *
   * @throws HubViolation if a member is missing or of another type
   */
  static Request decode(byte[] record) throws HubViolation {
    String protocol = null;
    Long version = null;
    try (JsonParser in = JsonValues.parser(record)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw HubViolation.malformed("the handshake is not a JSON object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        if (name.equals("protocol")) {
          protocol = text(in);
        } else if (name.equals("version")) {
          version = whole(in);
        } else {
          in.skipChildren();
        }
      }
    } catch (IOException e) {
      throw HubViolation.malformed("the handshake is not JSON");
    }
    return new Request(required("protocol", protocol), required("version", version));
  }

  private static String text(JsonParser in) throws IOException, HubViolation {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw HubViolation.malformed("Expected 'protocol' to be of type String.");
    }
    return in.getText();
  }

  private static Long whole(JsonParser in) throws IOException, HubViolation {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT
        || in.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw HubViolation.malformed("Expected 'version' to be of type Number.");
    }
    return in.getLongValue();
  }

  private static <T> T required(String name, @Nullable T value) throws HubViolation {
    if (value == null) {
      throw HubViolation.malformed("Missing required property '" + name + "'.");
    }
    return value;
  }

  /** The answer to a request that is accepted. */
  static byte[] accepted() {
    return new byte[] {'{', '}', HubInput.RECORD_SEPARATOR};
  }

  static byte[] refused(String error) {
    String json = new JsonObject().put("error", error).encode();
    return (json + (char) HubInput.RECORD_SEPARATOR).getBytes(StandardCharsets.UTF_8);
  }
}
