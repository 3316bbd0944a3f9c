package dev.selvedge.protocol.signalr;

import dev.selvedge.function.CloseReason;
import dev.selvedge.session.ReplyError;
import org.jspecify.annotations.Nullable;

/** The texts of ASP.NET Core SignalR's errors, to the letter; clients and their tests know them. */
final class HubErrors {
  static final String HANDSHAKE_CANCELED = "Handshake was canceled.";
  static final String CLOSED = "Connection closed with an error.";
  private static final String HUB_EXCEPTION = " HubException: ";
  private static final String INVALID_DATA = " InvalidDataException: ";

  private HubErrors() {}

  // ---- handshake

  static String unknownProtocol(String protocol) {
    return "The protocol '" + protocol + "' is not supported.";
  }

  static String unknownVersion(String protocol, long version) {
    return "The server does not support version "
        + version
        + " of the '"
        + protocol
        + "' protocol.";
  }

  static String needsBinary(String protocol) {
    return "Cannot use the '"
        + protocol
        + "' protocol on the current transport. The transport does not support 'Binary' transfer"
        + " format.";
  }

  static String malformedHandshake(@Nullable String detail) {
    return "An unexpected error occurred during connection handshake."
        + (detail == null ? "" : INVALID_DATA + detail);
  }

  // ---- invocations

  /**
   * Why an invocation failed.
   *
   * @param streaming whether items of the answer have been sent
   */
  static String of(ReplyError error, String target, boolean streaming) {
    return switch (error.code()) {
      case "no-such-event" -> unknownMethod(target);
      case "bad-argument" ->
          "Failed to invoke '" + target + "' due to an error on the server. " + error.text();
      case "unauthenticated", "forbidden" ->
          "Failed to invoke '" + target + "' because user is unauthorized";
      default ->
          (streaming
                  ? "An error occurred on the server while streaming results."
                  : "An unexpected error occurred invoking '" + target + "' on the server.")
              + detail(error);
    };
  }

  /** What is said of an invocation whose answer was lost with a node, or cannot come from it. */
  static final String INTERRUPTED =
      "An unexpected error occurred invoking a method on the server."
          + HUB_EXCEPTION
          + "the connection has moved to another node";

  static String unknownMethod(String target) {
    return "Unknown hub method '" + target + "'";
  }

  /** A function's own failure is told as .NET tells a HubException; any other without detail. */
  private static String detail(ReplyError error) {
    return error.code().equals("internal") ? "" : HUB_EXCEPTION + error.text();
  }

  static String notStreaming(String target) {
    return "The client attempted to invoke the non-streaming '"
        + target
        + "' method with a streaming invocation.";
  }

  static String idInUse(String id) {
    return "Invocation ID '" + id + "' is already in use.";
  }

  static String tooMany(String target, String what, int limit) {
    return "Failed to invoke '"
        + target
        + "' due to an error on the server."
        + HUB_EXCEPTION
        + what
        + ": more than "
        + limit;
  }

  // ---- the end

  /** What a client is told when the function refused it. */
  static String refused(ReplyError why) {
    return CLOSED + detail(why);
  }

  /** What a client is told about an end; null for one that is no error. */
  static @Nullable String closed(CloseReason reason) {
    return switch (reason.code()) {
      case 1000, 1001, 1012 -> null;
      default -> CLOSED + HUB_EXCEPTION + reason.text();
    };
  }

  static String violation(HubViolation violation, boolean detailed) {
    return CLOSED + (detailed ? INVALID_DATA + violation.text() : "");
  }
}
