package dev.selvedge.it;

import dev.selvedge.testing.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Official Socket.IO clients for Node, all in one process. */
final class SocketIoClients implements AutoCloseable {
  private final Process process;
  private final BufferedWriter commands;
  private final List<JsonObject> events = new CopyOnWriteArrayList<>();

  /**
   * @param transports such as {@code polling,websocket}
   * @param cookies whether they keep cookies, as browsers do
   */
  SocketIoClients(String url, int count, String transports, boolean cookies) throws Exception {
    Path packages = NodePackages.install();
    List<String> command = new ArrayList<>(List.of("node", "socket-io-clients.js", url));
    command.addAll(List.of("" + count, transports));
    if (cookies) {
      command.add("cookies");
    }
    process =
        new ProcessBuilder(command)
            .directory(packages.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    commands = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "socket-io-clients");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = lines.readLine()) != null) {
        events.add(new JsonObject(line));
      }
    } catch (IOException ended) {
      // The process is gone, and with it what it would have said.
    }
  }

  private void command(String line) throws IOException {
    commands.write(line + "\n");
    commands.flush();
  }

  /** How many events have come so far: later ones are found from here. */
  int mark() {
    return events.size();
  }

  /** Events of that name since the mark. */
  List<JsonObject> since(int mark, String event) {
    return events.subList(mark, events.size()).stream()
        .filter(each -> each.getString("event").equals(event))
        .toList();
  }

  /** Waits until so many different clients have had an event that fits, since the mark. */
  void await(int mark, int clients, String event, Predicate<JsonObject> fits) throws Exception {
    try {
      Eventually.until(
          clients + " clients: " + event,
          () ->
              since(mark, event).stream()
                      .filter(fits)
                      .map(each -> each.getInteger("client"))
                      .distinct()
                      .count()
                  >= clients);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\nevents: " + events, e);
    }
  }

  /** The server that a client is connected to. */
  String server(int client) throws Exception {
    int mark = mark();
    command("who " + client);
    await(mark, 1, "who", each -> each.getInteger("client") == client);
    return since(mark, "who").get(0).getString("server");
  }

  void say(int client, String text) throws IOException {
    command("say " + client + " " + text);
  }

  @Override
  public void close() throws Exception {
    commands.close();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
