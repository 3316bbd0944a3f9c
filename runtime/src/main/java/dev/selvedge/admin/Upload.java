package dev.selvedge.admin;

import dev.selvedge.deploy.DeploySettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes a jar that is sent as a request body: to a file, as it comes, reading no faster than the
 * disk writes. Only a whole one is handed on: of the length that Content-Length says, and with the
 * hash that Content-Digest (RFC 9530) says if it is there.
 */
final class Upload {
  private static final long MAX_BYTES = DeploySettings.MAX_ARTIFACT_BYTES;

  /** The only algorithm we check; a digest by another is ignored (RFC 9530 §2). */
  private static final Pattern SHA_256 = Pattern.compile("(?:^|,)\\s*sha-256=:([A-Za-z0-9+/=]*):");

  private final Vertx vertx;
  private final Path directory;

  Upload(Vertx vertx, Path directory) {
    this.vertx = vertx;
    this.directory = directory;
  }

  /** Receives the body into a file, runs {@code use} on it, and deletes the file. */
  <T> Future<T> receive(RoutingContext ctx, Function<Path, Future<T>> use) {
    HttpServerRequest request = ctx.request();
    byte[] expected = digest(request.getHeader("content-digest"));
    if (declaredLength(request) > MAX_BYTES) {
      return Future.failedFuture(tooLarge());
    }
    request.pause();
    Promise<Void> cut = Promise.promise();
    // From here on, not from when the file is open: who goes away meanwhile is not reported again.
    request.exceptionHandler(gone -> cut.tryFail(cutShort()));
    Path file = directory.resolve(UUID.randomUUID() + ".jar");
    OpenOptions options = new OpenOptions().setCreateNew(true).setWrite(true).setPerms("rw-------");
    return vertx
        .fileSystem()
        .open(file.toString(), options)
        .compose(
            open ->
                new Transfer(request, open, expected)
                    .run(cut.future())
                    .compose(whole -> use.apply(file))
                    .eventually(() -> vertx.fileSystem().delete(file.toString())))
        // What still comes of a refused body is read and dropped, so that the answer arrives.
        .onFailure(refused -> dropRest(request));
  }

  private static void dropRest(HttpServerRequest request) {
    if (!request.isEnded()) {
      request.resume();
    }
  }

  private static long declaredLength(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    return length == null ? 0 : Long.parseLong(length);
  }

  private static byte @Nullable [] digest(@Nullable String header) {
    Matcher match = SHA_256.matcher(header == null ? "" : header);
    if (!match.find()) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(match.group(1));
    } catch (IllegalArgumentException notBase64) {
      throw new OperationException(
          OperationException.Kind.INVALID,
          "bad-digest",
          "content-digest: " + header + " (expected: sha-256=:<base64>:)");
    }
  }

  private static OperationException tooLarge() {
    return new OperationException(
        OperationException.Kind.TOO_LARGE,
        "too-large",
        "the jar is larger than " + MAX_BYTES + " bytes");
  }

  private static OperationException cutShort() {
    return new OperationException(
        OperationException.Kind.INVALID, "cut-upload", "the upload ended too early");
  }

  /** One body on its way to its file. Confined to the request's event loop. */
  private static final class Transfer {
    private final HttpServerRequest request;
    private final AsyncFile file;
    private final byte @Nullable [] expected;
    private final MessageDigest hash = sha256();
    private final Promise<Void> done = Promise.promise();
    private long received;

    Transfer(HttpServerRequest request, AsyncFile file, byte @Nullable [] expected) {
      this.request = request;
      this.file = file;
      this.expected = expected;
    }

    /**
     * Completes when the whole body is in the file; in any case the file is closed then.
     *
     * @param cut fails if the client goes away
     */
    Future<Void> run(Future<Void> cut) {
      cut.onFailure(done::tryFail);
      file.exceptionHandler(done::tryFail);
      request.endHandler(end -> done.tryComplete()).handler(this::take).resume();
      return done.future().eventually(file::close).compose(written -> verify());
    }

    private void take(Buffer chunk) {
      received += chunk.length();
      if (received > MAX_BYTES) {
        done.tryFail(tooLarge());
      }
      if (done.future().isComplete()) {
        return;
      }
      hash.update(chunk.getBytes());
      file.write(chunk).onFailure(done::tryFail);
      if (file.writeQueueFull()) {
        request.pause();
        file.drainHandler(drained -> request.resume());
      }
    }

    private Future<Void> verify() {
      if (received == 0) {
        return refused("empty-upload", "the body is empty (expected: a jar)");
      }
      byte[] actual = hash.digest();
      if (expected != null && !Arrays.equals(expected, actual)) {
        return refused(
            "wrong-digest",
            "what arrived has the SHA-256 "
                + Base64.getEncoder().encodeToString(actual)
                + " (expected: "
                + Base64.getEncoder().encodeToString(expected)
                + ")");
      }
      return Future.succeededFuture();
    }

    private static Future<Void> refused(String code, String text) {
      return Future.failedFuture(
          new OperationException(OperationException.Kind.INVALID, code, text));
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException everyJdkHasIt) {
        throw new IllegalStateException(everyJdkHasIt);
      }
    }
  }
}
