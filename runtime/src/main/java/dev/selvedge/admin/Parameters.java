package dev.selvedge.admin;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** The parameters of a query, checked: unknown ones and unusable values are refused. */
final class Parameters {
  private final MultiMap query;

  private Parameters(MultiMap query) {
    this.query = query;
  }

  static Parameters of(RoutingContext ctx, String... known) {
    MultiMap query = ctx.queryParams();
    for (String name : query.names()) {
      if (!List.of(known).contains(name)) {
        throw invalid(name, query.get(name), "one of " + String.join(", ", known));
      }
    }
    return new Parameters(query);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
  }

  int number(String name, int standard, int least, int most) {
    Optional<String> given = text(name);
    if (given.isEmpty()) {
      return standard;
    }
    try {
      int value = Integer.parseInt(given.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      // Refused below, as one out of range is.
    }
    throw invalid(name, given.get(), least + ".." + most);
  }

  private static OperationException invalid(String name, String value, String expected) {
    return new OperationException(
        OperationException.Kind.INVALID,
        "bad-parameter",
        name + ": " + value + " (expected: " + expected + ")");
  }
}
