package dev.selvedge.host;

import dev.selvedge.function.FunctionException;
import dev.selvedge.session.ReplyError;

/** What the other side gets to see of a function's failure. */
final class Failures {
  private Failures() {}

  static ReplyError toClient(Throwable failure) {
    return failure instanceof FunctionException told
        ? new ReplyError(told.code(), told.text(), told.data())
        : new ReplyError("internal", "internal error", null);
  }
}
