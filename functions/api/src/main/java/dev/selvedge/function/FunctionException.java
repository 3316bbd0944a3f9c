package dev.selvedge.function;

import org.jspecify.annotations.Nullable;

/**
 * A failure that the other side is meant to see: its code, text and data go into the error reply.
 * Any other exception becomes code {@code internal} with a neutral text.
 */
public class FunctionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final transient @Nullable Object data;

  public FunctionException(String code, String text) {
    this(code, text, null);
  }

  /**
   * @param data a JSON value for the other side, or null
   */
  public FunctionException(String code, String text, @Nullable Object data) {
    super(text);
    this.code = code;
    this.data = data;
  }

  /** A short word for programs, such as {@code bad-argument}. */
  public String code() {
    return code;
  }

  /** The text for people. */
  public String text() {
    String text = getMessage();
    return text == null ? code : text;
  }

  public @Nullable Object data() {
    return data;
  }
}
