package dev.selvedge.admin;

/** An operation that cannot be done, in words for the operator who asked for it. */
public final class OperationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Who has to do something about it. */
  public enum Kind {
    /** The request makes no sense as it is: 400. */
    INVALID(400),
    /** What it names is not there: 404. */
    NOT_FOUND(404),
    /** It clashes with what is there: 409. */
    CONFLICT(409),
    /** It is larger than what is taken: 413. */
    TOO_LARGE(413),
    /** It was understood and failed, such as a function that does not start: 422. */
    FAILED(422),
    /** Not now: 503. */
    UNAVAILABLE(503);

    private final int status;

    Kind(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  private final Kind kind;
  private final String code;
  private final String text;

  /**
   * @param code a word for programs, such as {@code no-such-function}
   * @param text for people; names the value and what was expected
   */
  public OperationException(Kind kind, String code, String text) {
    super(text, null, false, false);
    this.kind = kind;
    this.code = code;
    this.text = text;
  }

  public Kind kind() {
    return kind;
  }

  public String code() {
    return code;
  }

  public String text() {
    return text;
  }
}
