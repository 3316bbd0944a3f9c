package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CallStatusDocTest {
  @Test
  void statusOfACallsErrorIsAsTheDocumentSays() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "protocol.md"));
    int start = document.indexOf("| code | status |");
    String table = document.substring(start, document.indexOf("\n\n", start));
    int codes = 0;
    for (String row : table.lines().toList()) {
      Matcher code = Pattern.compile("`([a-z-]+)`").matcher(row);
      while (code.find()) {
        codes++;
        int status = Integer.parseInt(row.replaceAll(".*\\| (\\d{3}) \\|$", "$1"));
        assertEquals(status, CallAnswers.status(code.group(1)), code.group(1));
      }
    }

    assertTrue(codes >= 15, "codes found: " + codes);
    assertTrue(table.contains("any other code of the function's own | 422 |"));
    assertEquals(422, CallAnswers.status("sold-out"));
  }
}
