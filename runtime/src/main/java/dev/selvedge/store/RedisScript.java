package dev.selvedge.store;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Lua script that runs on the server as one step. Sent by its SHA-1, and in full when the server
 * does not know it: after its start, or after {@code SCRIPT FLUSH}.
 */
final class RedisScript {
  private final String text;
  private final String sha;

  RedisScript(String text) {
    this.text = text;
    this.sha = sha1(text);
  }

  /** Runs it on one key. */
  Future<@Nullable Response> run(RedisLink link, String key, List<byte[]> args) {
    return link.send(request(Command.EVALSHA, sha, key, args))
        .recover(
            failure ->
                failure instanceof ErrorType error && error.is("NOSCRIPT")
                    ? link.send(request(Command.EVAL, text, key, args))
                    : Future.failedFuture(failure));
  }

  private static Request request(Command command, String script, String key, List<byte[]> args) {
    Request request = Request.cmd(command).arg(script).arg(1).arg(key);
    args.forEach(request::arg);
    return request;
  }

  private static String sha1(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
