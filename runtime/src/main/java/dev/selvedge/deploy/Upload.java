package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.streams.ReadStream;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An artifact on its way from a client into a file.
 *
 * @param length what the client says it sends, if it does
 * @param sha256 what the client says it sends, if it does
 */
public record Upload(ReadStream<Buffer> body, Optional<Long> length, Optional<String> sha256) {

  /**
   * Writes the body to a file, pausing it while the disk is behind; fails if it ends early, errs,
   * or exceeds {@code maxBytes}. The rest of a body that is too big is not read.
   */
  Future<Void> writeTo(Vertx vertx, Path file, long maxBytes) {
    body.pause();
    if (length.isPresent() && length.get() > maxBytes) {
      return Future.failedFuture(ArtifactInspector.tooBig(maxBytes));
    }
    return vertx
        .fileSystem()
        .open(file.toString(), new OpenOptions().setTruncateExisting(true))
        .compose(
            out ->
                copy(out, maxBytes)
                    .transform(done -> out.close().compose(closed -> verdict(done.cause()))));
  }

  private static Future<Void> verdict(@Nullable Throwable failure) {
    return failure == null ? Future.succeededFuture() : Future.failedFuture(failure);
  }

  private Future<Void> copy(AsyncFile out, long maxBytes) {
    Promise<Void> done = Promise.promise();
    long[] count = new long[1];
    body.exceptionHandler(cut -> done.tryFail(cutShort(count[0], cut)));
    body.endHandler(
        end -> {
          if (length.isPresent() && length.get() != count[0]) {
            done.tryFail(cutShort(count[0], null));
          } else {
            done.tryComplete();
          }
        });
    body.handler(
        piece -> {
          count[0] += piece.length();
          if (count[0] > maxBytes) {
            body.pause();
            done.tryFail(ArtifactInspector.tooBig(maxBytes));
            return;
          }
          out.write(piece).onFailure(done::tryFail);
          if (out.writeQueueFull()) {
            body.pause();
            out.drainHandler(drained -> body.resume());
          }
        });
    body.resume();
    return done.future();
  }

  /** Refuses content with another hash than the client announced. */
  void checkHash(String found) {
    if (sha256.isPresent() && !sha256.get().equalsIgnoreCase(found)) {
      throw new DeployException(
          Reason.UPLOAD_CUT, "upload: SHA-256 " + found + " (expected: " + sha256.get() + ")");
    }
  }

  private DeployException cutShort(long count, @Nullable Throwable cut) {
    String expected = length.map(bytes -> bytes + " bytes").orElse("the whole artifact");
    return new DeployException(
        Reason.UPLOAD_CUT,
        "upload: ended after " + count + " bytes (expected: " + expected + ")",
        cut);
  }
}
