package dev.selvedge.fabric;

/**
 * A request to a node that failed there, or was not answered; or a change that did not come about.
 * A service that wants its caller to see a code fails with one of these; any other failure arrives
 * with code {@link #FAILED} and its message.
 */
public final class FabricException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The service failed. */
  public static final int FAILED = 1;

  /** No answer in time; whether the service acted is not known. */
  public static final int TIMEOUT = -1;

  /** The node has no such service (yet). */
  public static final int NO_SERVICE = -2;

  /** A register was changed by others again and again while it was to be changed; it was not. */
  public static final int KEEPS_CHANGING = -3;

  private final int code;

  public FabricException(int code, String message) {
    super(message);
    this.code = code;
  }

  /** One of the constants here if negative or {@link #FAILED}, else the service's own. */
  public int code() {
    return code;
  }
}
