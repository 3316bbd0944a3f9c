package dev.selvedge.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** A demonstration's directory, filled from the files that came with this program. */
record WorkFiles(String demo, Path directory) {
  /** Writes a file as it came; returns where it is. */
  Path copy(String file) throws IOException {
    Path target = directory.resolve(file);
    Files.createDirectories(target.getParent());
    try (InputStream source = open(file)) {
      Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
    }
    return target;
  }

  /** Writes a file with each {@code @name@} replaced. */
  Path fill(String file, Map<String, String> values) throws IOException {
    Path target = copy(file);
    String text = Files.readString(target);
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace("@" + value.getKey() + "@", value.getValue());
    }
    return Files.writeString(target, text, StandardCharsets.UTF_8);
  }

  /** Whether a file is there with the same content as came with this program. */
  boolean isCurrent(String file) throws IOException {
    Path present = directory.resolve(file);
    try (InputStream source = open(file)) {
      return Files.exists(present)
          && java.util.Arrays.equals(source.readAllBytes(), Files.readAllBytes(present));
    }
  }

  private InputStream open(String file) {
    String resource = "/demo/" + demo + "/" + file;
    InputStream found = WorkFiles.class.getResourceAsStream(resource);
    if (found == null) {
      throw new IllegalStateException("no resource " + resource);
    }
    return found;
  }
}
