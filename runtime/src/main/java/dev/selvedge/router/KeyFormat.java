package dev.selvedge.router;

import dev.selvedge.config.Section;
import dev.selvedge.router.PoolSpec.Key;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a value of a request is named: {@code header:x-room}, {@code path:2}, {@code source}. */
final class KeyFormat {
  static final String EXPECTED = "header:NAME, cookie:NAME, query:NAME, path:NUMBER or source";

  private static final Pattern NAMED = Pattern.compile("(header|cookie|query):([!-~]{1,128})");
  private static final Pattern SEGMENT = Pattern.compile("path:([1-9][0-9]?)");

  private KeyFormat() {}

  static Key read(String path, @Nullable Object value) {
    String text = String.valueOf(value);
    if (text.equals("source")) {
      return new Key.Source();
    }
    Matcher segment = SEGMENT.matcher(text);
    if (segment.matches()) {
      return new Key.PathSegment(Integer.parseInt(segment.group(1)));
    }
    Matcher named = NAMED.matcher(text);
    if (!named.matches()) {
      throw Section.bad(path, value, EXPECTED);
    }
    String name = named.group(2);
    return switch (named.group(1)) {
      case "header" -> new Key.Header(name.toLowerCase(Locale.ROOT));
      case "cookie" -> new Key.Cookie(name);
      default -> new Key.Query(name);
    };
  }

  static String write(Key key) {
    if (key instanceof Key.Header header) {
      return "header:" + header.lowerCaseName();
    }
    if (key instanceof Key.Cookie cookie) {
      return "cookie:" + cookie.name();
    }
    if (key instanceof Key.Query query) {
      return "query:" + query.name();
    }
    return key instanceof Key.PathSegment segment ? "path:" + segment.number() : "source";
  }
}
