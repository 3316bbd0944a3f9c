package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/** A file as HTTP answers it: with its type, and a tag so that a cache need only ask. */
record StaticFile(String name, Buffer content, String tag) {
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("htm", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("map", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("md", "text/markdown; charset=utf-8"),
          Map.entry("xml", "application/xml"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("gif", "image/gif"),
          Map.entry("webp", "image/webp"),
          Map.entry("avif", "image/avif"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff", "font/woff"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("ttf", "font/ttf"),
          Map.entry("wasm", "application/wasm"),
          Map.entry("mp3", "audio/mpeg"),
          Map.entry("mp4", "video/mp4"),
          Map.entry("pdf", "application/pdf"));

  StaticFile(String name, Buffer content) {
    this(name, content, tagOf(content));
  }

  /** Answers a GET or HEAD; throws {@link HttpError} 405 for another method. */
  void serve(Exchange exchange, Map<String, String> moreHeaders) {
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      throw new HttpError(
          405,
          "bad-method",
          "method: " + exchange.method() + " (expected: GET, HEAD)",
          Map.of("allow", "GET, HEAD"));
    }
    Map<String, String> headers = new HashMap<>(moreHeaders);
    headers.put("etag", tag);
    headers.put("cache-control", "no-cache");
    if (isKnownTo(exchange)) {
      exchange.respond(304, headers, Buffer.buffer());
      return;
    }
    headers.put("content-type", type());
    headers.put("x-content-type-options", "nosniff");
    exchange.respond(200, headers, content);
  }

  /** If-None-Match (RFC 9110 §13.1.2); the tags here hold no commas. */
  private boolean isKnownTo(Exchange exchange) {
    String known = exchange.header("if-none-match");
    return known != null
        && Arrays.stream(known.split(","))
            .map(one -> one.strip().replaceFirst("^W/", ""))
            .anyMatch(one -> one.equals(tag) || one.equals("*"));
  }

  private String type() {
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(extension, "application/octet-stream");
  }

  private static String tagOf(Buffer content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes());
      return '"' + HexFormat.of().formatHex(hash, 0, 12) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
