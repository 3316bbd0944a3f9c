package dev.selvedge.admin;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.Section;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JSON body of a request, checked: unknown members and unusable values are refused. */
final class Body {
  private final JsonObject members;

  private Body(JsonObject members) {
    this.members = members;
  }

  /** An object with some of the known members; no body counts as an empty object. */
  static Body of(RoutingContext ctx, String... known) {
    JsonObject members = object(ctx);
    for (String name : members.fieldNames()) {
      if (!Set.of(known).contains(name)) {
        throw invalid(name + ": unknown (expected: " + String.join(", ", known) + ")");
      }
    }
    return new Body(members);
  }

  /** An object with whatever members; no body counts as an empty one. */
  static JsonObject object(RoutingContext ctx) {
    Object value = anyValue(ctx);
    if (value == null) {
      return new JsonObject();
    }
    if (!(value instanceof JsonObject object)) {
      throw invalid("the body is not a JSON object");
    }
    return object;
  }

  /** A JSON value of any kind; null if there is no body. */
  static @Nullable Object anyValue(RoutingContext ctx) {
    Buffer body = ctx.body().buffer();
    if (body == null || body.length() == 0) {
      return null;
    }
    try {
      return Json.decodeValue(body);
    } catch (DecodeException notJson) {
      throw invalid("the body is not JSON: " + firstLine(notJson));
    }
  }

  private static String firstLine(DecodeException error) {
    String text = String.valueOf(error.getMessage());
    return text.lines().findFirst().orElse(text);
  }

  String text(String name) {
    if (members.getValue(name) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw wrong(name, "a text");
  }

  List<@Nullable Object> values(String name) {
    Object value = members.getValue(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof JsonArray array) {
      List<@Nullable Object> values = new ArrayList<>();
      array.forEach(values::add);
      return values;
    }
    throw wrong(name, "an array");
  }

  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (Object value : values(name)) {
      if (!(value instanceof String text)) {
        throw wrong(name, "an array of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  OptionalInt version(String name) {
    Object value = members.getValue(name);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (value instanceof Integer version && version > 0) {
      return OptionalInt.of(version);
    }
    throw wrong(name, "a version number");
  }

  Optional<Duration> duration(String name) {
    try {
      Section section = Section.of("body", members, members.fieldNames());
      return section.has(name)
          ? Optional.of(section.duration(name, Duration.ZERO, Duration.ZERO, Duration.ofDays(1)))
          : Optional.empty();
    } catch (ConfigException wrong) {
      throw invalid(String.valueOf(wrong.getMessage()));
    }
  }

  private OperationException wrong(String name, String expected) {
    return invalid(name + ": " + members.getValue(name) + " (expected: " + expected + ")");
  }

  private static OperationException invalid(String text) {
    return new OperationException(OperationException.Kind.INVALID, "bad-body", text);
  }
}
