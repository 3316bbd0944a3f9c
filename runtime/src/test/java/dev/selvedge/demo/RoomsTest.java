package dev.selvedge.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomsTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private List<Path> prepare(List<Path> functions) throws Exception {
    PrintStream say = new PrintStream(said, true, StandardCharsets.UTF_8);
    return Rooms.prepare(
        directory.resolve("demo"), functions, List.of(directory.resolve("bin")), say);
  }

  private Path jar(String name) throws Exception {
    Path jar = directory.resolve(name);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry("META-INF/function.yaml"));
      out.closeEntry();
    }
    return jar;
  }

  private void install(String name, String script) throws Exception {
    Path program = Files.createDirectories(directory.resolve("bin")).resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    assertTrue(program.toFile().setExecutable(true));
  }

  @Test
  void withoutNpmAllIsDeployedAsItIsAndItIsSaidWhatToInstall() throws Exception {
    List<Path> functions = List.of(jar("rooms.jar"), jar("chat.jar"));

    assertEquals(functions, prepare(functions));

    String text = said.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("no node (Debian: apt install nodejs"), text);
    assertTrue(text.contains("no npm (Debian: apt install npm"), text);
  }

  @Test
  void theSamplesAreDeployedAsCopiesWithTheLibrariesWhichAreFetchedOnce() throws Exception {
    install("node", "exit 1");
    install(
        "npm",
        """
        echo fetched >> fetches
        mkdir -p node_modules/socket.io-client/dist node_modules/@microsoft/signalr/dist/browser
        echo io > node_modules/socket.io-client/dist/socket.io.min.js
        echo signalR > node_modules/@microsoft/signalr/dist/browser/signalr.min.js""");
    List<Path> functions = List.of(jar("rooms.jar"), jar("chat.jar"));

    prepare(functions);
    List<Path> deployed = prepare(functions);

    Path copy = directory.resolve("demo/rooms.jar");
    assertEquals(List.of(copy, functions.get(1)), deployed);
    try (ZipFile jar = new ZipFile(copy.toFile())) {
      for (Map.Entry<String, String> library :
          Map.of("web/lib/socket.io.min.js", "io\n", "web/lib/signalr.min.js", "signalR\n")
              .entrySet()) {
        ZipEntry entry = jar.getEntry(library.getKey());
        assertEquals(
            library.getValue(),
            new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    assertEquals("fetched\n", Files.readString(directory.resolve("demo/fetches")));
  }
}
