package dev.selvedge.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A node's admin API. Everything that is not a success is thrown as {@link CommandException} with
 * the exit code that it deserves.
 */
final class AdminClient {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** A deploy answers when every node serves the version. */
  private static final Duration ANSWER = Duration.ofMinutes(5);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
  private final URI node;
  private final String token;

  AdminClient(URI node, String token) {
    this.node = node;
    this.token = token;
  }

  Fields get(String path) {
    return Fields.of(json(send(request(path).GET())));
  }

  @Nullable Object post(String path, @Nullable Object body) {
    return json(send(request(path).POST(BodyPublishers.ofString(Json.text(body)))));
  }

  @Nullable Object put(String path, @Nullable Object body) {
    return json(send(request(path).PUT(BodyPublishers.ofString(Json.text(body)))));
  }

  void delete(String path) {
    send(request(path).DELETE());
  }

  /** Sends a value, gives the bytes of the answer as they are. */
  byte[] call(String path, @Nullable Object body) {
    return send(request(path).POST(BodyPublishers.ofString(Json.text(body)))).body();
  }

  Fields upload(String path, Path file) {
    String digest = "sha-256=:" + Base64.getEncoder().encodeToString(sha256(file)) + ":";
    HttpRequest.Builder request =
        request(path)
            .header("content-type", "application/java-archive")
            .header("content-digest", digest)
            .PUT(content(file));
    return Fields.of(json(send(request)));
  }

  private static BodyPublisher content(Path file) {
    try {
      return BodyPublishers.ofFile(file);
    } catch (FileNotFoundException missing) {
      throw CommandException.usage("no file " + file);
    }
  }

  private static byte[] sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[64 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return digest.digest();
    } catch (IOException unreadable) {
      throw CommandException.usage(file + " cannot be read (expected: a jar)");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /** A piece of a path or a query. */
  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(node + path))
        .timeout(ANSWER)
        .header("authorization", "Bearer " + token);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
      if (response.statusCode() / 100 != 2) {
        throw refusal(response);
      }
      return response;
    } catch (HttpTimeoutException late) {
      throw unreachable("no answer from " + node + " in time");
    } catch (IOException broken) {
      throw unreachable(
          "no node answers at "
              + node
              + " (is it running? --node or SELVEDGE_NODE names another one)");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw unreachable("interrupted");
    }
  }

  private static CommandException unreachable(String text) {
    return new CommandException(ExitCode.UNREACHABLE, "unreachable", text);
  }

  private CommandException refusal(HttpResponse<byte[]> response) {
    int exitCode =
        switch (response.statusCode()) {
          case 401 -> ExitCode.UNAUTHORIZED;
          case 404 -> ExitCode.NOT_FOUND;
          default -> ExitCode.FAILED;
        };
    Fields error = Fields.of(Fields.of(jsonOrNull(response)).members().get("error"));
    return error.text("code").isEmpty()
        ? unreachable(node + " answered " + response.statusCode() + ": is it an admin port?")
        : new CommandException(exitCode, error.text("code"), error.text("text"));
  }

  private @Nullable Object json(HttpResponse<byte[]> response) {
    if (response.body().length == 0) {
      return null;
    }
    Object value = jsonOrNull(response);
    if (value == null) {
      throw unreachable(node + " does not speak JSON: is it an admin port?");
    }
    return value;
  }

  private static @Nullable Object jsonOrNull(HttpResponse<byte[]> response) {
    try {
      return Json.parse(new String(response.body(), StandardCharsets.UTF_8));
    } catch (IOException notJson) {
      return null;
    }
  }
}
