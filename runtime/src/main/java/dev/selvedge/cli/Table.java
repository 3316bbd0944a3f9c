package dev.selvedge.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, in columns as wide as their widest cell. */
final class Table {
  private final List<String> head;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... head) {
    this.head = List.of(head);
  }

  Table row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      // A control character from elsewhere must not steer the terminal.
      String text = String.valueOf(cell).replaceAll("\\p{Cntrl}", "?");
      row.add(text.isEmpty() ? "-" : text);
    }
    rows.add(row);
    return this;
  }

  void print(PrintStream out) {
    print(out, head);
    rows.forEach(row -> print(out, row));
  }

  private void print(PrintStream out, List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(cells.get(i));
      line.append(" ".repeat(width(i) - length(cells.get(i)) + 2));
    }
    out.println(line.toString().stripTrailing());
  }

  private int width(int column) {
    int widest = length(head.get(column));
    for (List<String> row : rows) {
      widest = Math.max(widest, length(row.get(column)));
    }
    return widest;
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
