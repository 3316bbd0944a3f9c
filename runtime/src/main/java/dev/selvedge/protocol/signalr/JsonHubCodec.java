package dev.selvedge.protocol.signalr;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON hub protocol (HubProtocol.md, "JSON Encoding"): objects, each followed by {@code 0x1E}.
 * Written members begin with the type, and are in the order of the specification.
 */
final class JsonHubCodec {
  private JsonHubCodec() {}

  // ---- writing

  static byte[] encode(HubMessage message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    try (JsonGenerator out = JsonValues.generator(bytes)) {
      out.writeStartObject();
      write(message, out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    bytes.write(HubInput.RECORD_SEPARATOR);
    return bytes.toByteArray();
  }

  private static void write(HubMessage message, JsonGenerator out) throws IOException {
    if (message instanceof HubMessage.Invocation invocation) {
      type(HubMessage.INVOCATION, out);
      id(invocation.id(), out);
      call(invocation.target(), invocation.args(), invocation.streamIds(), out);
    } else if (message instanceof HubMessage.StreamItem item) {
      type(HubMessage.STREAM_ITEM, out);
      id(item.id(), out);
      out.writeFieldName("item");
      JsonValues.write(item.item(), out);
    } else if (message instanceof HubMessage.Completion completion) {
      type(HubMessage.COMPLETION, out);
      id(completion.id(), out);
      outcome(completion, out);
    } else if (message instanceof HubMessage.StreamInvocation invocation) {
      type(HubMessage.STREAM_INVOCATION, out);
      id(invocation.id(), out);
      call(invocation.target(), invocation.args(), invocation.streamIds(), out);
    } else if (message instanceof HubMessage.CancelInvocation cancel) {
      type(HubMessage.CANCEL_INVOCATION, out);
      id(cancel.id(), out);
    } else if (message instanceof HubMessage.Ping) {
      type(HubMessage.PING, out);
    } else if (message instanceof HubMessage.Close close) {
      type(HubMessage.CLOSE, out);
      close(close, out);
    } else if (message instanceof HubMessage.Ack ack) {
      type(HubMessage.ACK, out);
      out.writeNumberField("sequenceId", ack.sequenceId());
    } else if (message instanceof HubMessage.Sequence sequence) {
      type(HubMessage.SEQUENCE, out);
      out.writeNumberField("sequenceId", sequence.sequenceId());
    } else {
      throw new IllegalArgumentException("not to be sent: " + message);
    }
  }

  private static void type(int type, JsonGenerator out) throws IOException {
    out.writeNumberField("type", type);
  }

  private static void id(@Nullable String id, JsonGenerator out) throws IOException {
    if (id != null) {
      out.writeStringField("invocationId", id);
    }
  }

  private static void call(
      String target, List<@Nullable Object> args, List<String> streamIds, JsonGenerator out)
      throws IOException {
    out.writeStringField("target", target);
    out.writeArrayFieldStart("arguments");
    for (Object arg : args) {
      JsonValues.write(arg, out);
    }
    out.writeEndArray();
    if (!streamIds.isEmpty()) {
      out.writeArrayFieldStart("streamIds");
      for (String id : streamIds) {
        out.writeString(id);
      }
      out.writeEndArray();
    }
  }

  private static void outcome(HubMessage.Completion completion, JsonGenerator out)
      throws IOException {
    if (completion instanceof HubMessage.Failed failed) {
      out.writeStringField("error", failed.error());
    } else if (completion instanceof HubMessage.Result result) {
      out.writeFieldName("result");
      JsonValues.write(result.result(), out);
    }
  }

  private static void close(HubMessage.Close close, JsonGenerator out) throws IOException {
    if (close.error() != null) {
      out.writeStringField("error", close.error());
    }
    if (close.allowReconnect()) {
      out.writeBooleanField("allowReconnect", true);
    }
  }

  // ---- reading

  /** What the members of one object said; which of them count depends on the type. */
  private static final class Members {
    @Nullable Long type;
    @Nullable String invocationId;
    @Nullable String target;
    @Nullable List<@Nullable Object> arguments;
    List<String> streamIds = List.of();
    @Nullable Object item;
    boolean hasItem;
    @Nullable Object result;
    boolean hasResult;
    @Nullable String error;
    boolean allowReconnect;
    @Nullable Long sequenceId;

    /** The first member of a wrong type; it matters only if the message's type is known. */
    @Nullable String wrong;
  }

  /**
   * Reads one object.
   *
   * @param record without the separator
   */
  static HubMessage decode(byte[] record) throws HubViolation {
    Members members = new Members();
    try (JsonParser in = JsonValues.parser(record)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw HubViolation.malformed("a message is not a JSON object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        read(name, in, members);
      }
      if (in.nextToken() != null) {
        throw HubViolation.malformed("something follows a message's JSON object");
      }
    } catch (IOException e) {
      throw HubViolation.malformed("a message is not JSON, or nested too deeply");
    }
    return message(members);
  }

  private static void read(String name, JsonParser in, Members into) throws IOException {
    switch (name) {
      case "type" -> into.type = whole(name, in, into);
      case "invocationId" -> into.invocationId = text(name, in, into);
      case "target" -> into.target = text(name, in, into);
      case "arguments" -> into.arguments = values(in, into);
      case "streamIds" -> into.streamIds = texts(in, into);
      case "item" -> {
        into.item = JsonValues.read(in);
        into.hasItem = true;
      }
      case "result" -> {
        into.result = JsonValues.read(in);
        into.hasResult = true;
      }
      case "error" -> into.error = text(name, in, into);
      case "allowReconnect" -> into.allowReconnect = truth(name, in, into);
      case "sequenceId" -> into.sequenceId = whole(name, in, into);
      case "headers" -> headers(in, into);
      default -> in.skipChildren();
    }
  }

  private static boolean isWrong(
      boolean wrong, String name, String expected, JsonParser in, Members into) throws IOException {
    if (wrong) {
      if (into.wrong == null) {
        into.wrong = "Expected '" + name + "' to be of type " + expected + ".";
      }
      in.skipChildren();
    }
    return wrong;
  }

  private static @Nullable String text(String name, JsonParser in, Members into)
      throws IOException {
    boolean wrong = in.currentToken() != JsonToken.VALUE_STRING;
    return isWrong(wrong, name, "String", in, into) ? null : in.getText();
  }

  private static @Nullable Long whole(String name, JsonParser in, Members into) throws IOException {
    boolean wrong =
        in.currentToken() != JsonToken.VALUE_NUMBER_INT
            || in.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
    return isWrong(wrong, name, "Number", in, into) ? null : in.getLongValue();
  }

  private static boolean truth(String name, JsonParser in, Members into) throws IOException {
    boolean wrong = !in.currentToken().isBoolean();
    return !isWrong(wrong, name, "Boolean", in, into) && in.getBooleanValue();
  }

  private static @Nullable List<@Nullable Object> values(JsonParser in, Members into)
      throws IOException {
    boolean wrong = in.currentToken() != JsonToken.START_ARRAY;
    return isWrong(wrong, "arguments", "Array", in, into) ? null : JsonValues.readAll(in);
  }

  private static List<String> texts(JsonParser in, Members into) throws IOException {
    if (isWrong(in.currentToken() != JsonToken.START_ARRAY, "streamIds", "Array", in, into)) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      String text = text("streamIds", in, into);
      if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  private static void headers(JsonParser in, Members into) throws IOException {
    if (isWrong(in.currentToken() != JsonToken.START_OBJECT, "headers", "Object", in, into)) {
      return;
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      in.nextToken();
      text("headers", in, into);
    }
  }

  private static HubMessage message(Members members) throws HubViolation {
    if (members.type == null) {
      throw HubViolation.malformed(
          members.wrong == null ? "Missing required property 'type'." : members.wrong);
    }
    long type = members.type;
    if (type >= HubMessage.INVOCATION && type <= HubMessage.SEQUENCE && members.wrong != null) {
      throw HubViolation.malformed(members.wrong);
    }
    return switch ((int) Math.max(0, Math.min(type, 1_000))) {
      case HubMessage.INVOCATION ->
          new HubMessage.Invocation(
              members.invocationId,
              required("target", members.target),
              required("arguments", members.arguments),
              members.streamIds);
      case HubMessage.STREAM_ITEM -> item(members);
      case HubMessage.COMPLETION -> completion(members);
      case HubMessage.STREAM_INVOCATION ->
          new HubMessage.StreamInvocation(
              requiredId(members),
              required("target", members.target),
              required("arguments", members.arguments),
              members.streamIds);
      case HubMessage.CANCEL_INVOCATION -> new HubMessage.CancelInvocation(requiredId(members));
      case HubMessage.PING -> new HubMessage.Ping();
      case HubMessage.CLOSE -> new HubMessage.Close(members.error, members.allowReconnect);
      case HubMessage.ACK -> new HubMessage.Ack(required("sequenceId", members.sequenceId));
      case HubMessage.SEQUENCE ->
          new HubMessage.Sequence(required("sequenceId", members.sequenceId));
      default -> new HubMessage.Unknown(type);
    };
  }

  private static HubMessage item(Members members) throws HubViolation {
    String id = requiredId(members);
    if (!members.hasItem) {
      throw missing("item");
    }
    return new HubMessage.StreamItem(id, members.item);
  }

  private static HubMessage completion(Members members) throws HubViolation {
    String id = requiredId(members);
    if (members.error == null) {
      return members.hasResult
          ? new HubMessage.Result(id, members.result)
          : new HubMessage.Done(id);
    }
    if (members.hasResult) {
      throw HubViolation.malformed("The 'error' and 'result' properties are mutually exclusive.");
    }
    return new HubMessage.Failed(id, members.error);
  }

  private static String requiredId(Members members) throws HubViolation {
    return required("invocationId", members.invocationId);
  }

  private static <T> T required(String name, @Nullable T value) throws HubViolation {
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  private static HubViolation missing(String name) {
    return HubViolation.malformed("Missing required property '" + name + "'.");
  }
}
