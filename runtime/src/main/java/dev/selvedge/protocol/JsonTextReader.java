package dev.selvedge.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one value (RFC 8259 §2): objects become maps, arrays lists. Gives up at whatever it does
 * not know for sure, right or wrong: numbers with a fraction, an exponent or many digits, deep
 * nesting, and every error.
 */
final class JsonTextReader {
  /** Given instead of a value. */
  static final Object UNUSUAL = new Object();

  private static final int MAX_DEPTH = 16;

  /** Fewer than any long has. */
  private static final int MAX_DIGITS = 18;

  private static final int MAX_NAME = 1_000;

  private final String text;
  private int at;

  JsonTextReader(String text, int from) {
    this.text = text;
    this.at = from;
  }

  @Nullable Object whole() {
    Object value = value(0);
    return peek() == 0 && at == text.length() ? value : UNUSUAL;
  }

  /** The next character that is no white space; 0 at the end. */
  private char peek() {
    while (at < text.length()) {
      char next = text.charAt(at);
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return next;
      }
      at++;
    }
    return 0;
  }

  private boolean takes(char expected) {
    if (peek() == expected) {
      at++;
      return true;
    }
    return false;
  }

  private @Nullable Object value(int depth) {
    return switch (peek()) {
      case '"' -> string();
      case '[' -> depth == MAX_DEPTH ? UNUSUAL : array(depth + 1);
      case '{' -> depth == MAX_DEPTH ? UNUSUAL : object(depth + 1);
      case 't' -> literal("true", true);
      case 'f' -> literal("false", false);
      case 'n' -> literal("null", null);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> integer();
      default -> UNUSUAL;
    };
  }

  private @Nullable Object literal(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      return UNUSUAL;
    }
    at += word.length();
    return value;
  }

  private Object array(int depth) {
    List<@Nullable Object> items = new ArrayList<>();
    at++;
    if (takes(']')) {
      return items;
    }
    do {
      Object item = value(depth);
      if (item == UNUSUAL) {
        return UNUSUAL;
      }
      items.add(item);
    } while (takes(','));
    return takes(']') ? items : UNUSUAL;
  }

  private Object object(int depth) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    at++;
    if (takes('}')) {
      return members;
    }
    do {
      Object name = peek() == '"' ? string() : UNUSUAL;
      if (!(name instanceof String key) || key.length() > MAX_NAME || !takes(':')) {
        return UNUSUAL;
      }
      Object member = value(depth);
      if (member == UNUSUAL) {
        return UNUSUAL;
      }
      members.put(key, member);
    } while (takes(','));
    return takes('}') ? members : UNUSUAL;
  }

  private Object integer() {
    boolean negative = text.charAt(at) == '-';
    int first = negative ? at + 1 : at;
    int end = first;
    long number = 0;
    while (end < text.length() && end - first <= MAX_DIGITS) {
      int digit = text.charAt(end) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      number = number * 10 + digit;
      end++;
    }
    boolean leadingZero = end > first && text.charAt(first) == '0' && (end - first > 1 || negative);
    if (end == first || end - first > MAX_DIGITS || leadingZero || goesOn(end)) {
      return UNUSUAL;
    }
    at = end;
    long value = negative ? -number : number;
    if (value == (int) value) {
      return (int) value;
    }
    return value;
  }

  /** Whether what stands there could belong to a number. */
  private boolean goesOn(int index) {
    if (index == text.length()) {
      return false;
    }
    char next = text.charAt(index);
    return next == '.' || next == 'e' || next == 'E';
  }

  private Object string() {
    int first = at + 1;
    for (int i = first; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '"') {
        at = i + 1;
        return text.substring(first, i);
      } else if (next == '\\') {
        return escaped(first, i);
      } else if (next < ' ') {
        return UNUSUAL;
      }
    }
    return UNUSUAL;
  }

  /** A string with escapes, the first of which is at {@code from}. */
  private Object escaped(int first, int from) {
    StringBuilder string = new StringBuilder(text.length() - first).append(text, first, from);
    for (int i = from; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '"') {
        at = i + 1;
        return string.toString();
      } else if (next < ' ') {
        return UNUSUAL;
      } else if (next != '\\') {
        string.append(next);
      } else {
        i++;
        int meant = i == text.length() ? -1 : meaning(i);
        if (meant < 0) {
          return UNUSUAL;
        }
        string.append((char) meant);
        if (text.charAt(i) == 'u') {
          i += 4;
        }
      }
    }
    return UNUSUAL;
  }

  /** What the character behind a backslash stands for; -1 if for nothing. */
  private int meaning(int index) {
    return switch (text.charAt(index)) {
      case '"' -> '"';
      case '\\' -> '\\';
      case '/' -> '/';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> hexadecimal(index + 1);
      default -> -1;
    };
  }

  private int hexadecimal(int index) {
    if (index + 4 > text.length()) {
      return -1;
    }
    int number = 0;
    for (int i = index; i < index + 4; i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      number = number << 4 | digit;
    }
    return number;
  }
}
