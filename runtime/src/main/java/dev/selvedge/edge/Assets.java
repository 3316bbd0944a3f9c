package dev.selvedge.edge;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Answers GET and HEAD with the files that a function carries. Browsers may keep them but ask each
 * time whether they are current, so that a new version of a function shows at once.
 */
public final class Assets {
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("map", "application/json"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("md", "text/markdown; charset=utf-8"),
          Map.entry("xml", "application/xml"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("gif", "image/gif"),
          Map.entry("webp", "image/webp"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("wasm", "application/wasm"),
          Map.entry("webmanifest", "application/manifest+json"));

  private Assets() {}

  /**
   * Answers with the file at the exchange's path if there is one.
   *
   * @param base the path that the page's root is at, such as {@code /} or {@code /deli}
   * @param asset a file by its path below the root
   * @return false if there is no such file or the method is another: nothing is answered then
   */
  public static boolean answer(
      Exchange exchange, String base, Function<String, Optional<Buffer>> asset) {
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      return false;
    }
    String path = below(base, exchange.path());
    Optional<Buffer> file = asset.apply(path);
    file.ifPresent(content -> answer(exchange, path, content));
    return file.isPresent();
  }

  /** The file that a path means: {@code index.html} for a directory. */
  private static String below(String base, String path) {
    String rest = path.startsWith(base) ? path.substring(base.length()) : path;
    String relative = rest.startsWith("/") ? rest.substring(1) : rest;
    return relative.isEmpty() || relative.endsWith("/") ? relative + "index.html" : relative;
  }

  private static void answer(Exchange exchange, String path, Buffer content) {
    String tag = tag(content);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("etag", tag);
    headers.put("cache-control", "no-cache");
    if (matches(exchange.headers().getOrDefault("if-none-match", ""), tag)) {
      exchange.respond(304, headers, Buffer.buffer());
      return;
    }
    headers.put("content-type", type(path));
    headers.put("x-content-type-options", "nosniff");
    exchange.respond(200, headers, content);
  }

  private static boolean matches(String ifNoneMatch, String tag) {
    for (String candidate : ifNoneMatch.split(",")) {
      String known = candidate.strip();
      if (known.equals("*") || known.equals(tag) || known.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }

  private static String type(String path) {
    String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(extension, "application/octet-stream");
  }

  private static String tag(Buffer content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes());
      return '"' + HexFormat.of().formatHex(hash, 0, 12) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
