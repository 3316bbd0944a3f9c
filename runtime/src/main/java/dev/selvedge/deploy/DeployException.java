package dev.selvedge.deploy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A deploy, rollback or undeploy that was refused or failed; nothing that served has changed. */
public final class DeployException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why, for programs. */
  public enum Reason {
    /** The artifact is no zip file. */
    NOT_A_JAR,
    NO_MANIFEST,
    BAD_MANIFEST,
    /** The main class is missing, cannot be loaded, or is no function and no verticle. */
    BAD_MAIN,
    ROUTE_TAKEN,
    /** The upload ended early, or has another hash than announced. */
    UPLOAD_CUT,
    TOO_BIG,
    /** Another deploy of the function is under way, or there is nothing to change. */
    CONFLICT,
    NO_SUCH_FUNCTION,
    NO_SUCH_VERSION,
    /** A node could not start it. */
    START_FAILED,
    /** A node did not report in time. */
    TIMED_OUT,
    /** This node or the catalog cannot do it now. */
    UNAVAILABLE;

    /** In lower case with hyphens. */
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Reason reason;

  public DeployException(Reason reason, String message) {
    this(reason, message, null);
  }

  public DeployException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** The messages of an error and its causes, on one line. */
  static String describe(Throwable error) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    for (Throwable one = error; one != null && depth < 5; one = one.getCause(), depth++) {
      String line =
          one instanceof DeployException ? String.valueOf(one.getMessage()) : one.toString();
      if (text.indexOf(line) < 0) {
        text.append(text.length() == 0 ? "" : "; caused by ").append(line);
      }
    }
    return text.length() <= 500 ? text.toString() : text.substring(0, 500) + "…";
  }
}
