package dev.selvedge.health;

import dev.selvedge.router.MemberSpec;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.router.PoolSpec.Tls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks members whether they are well, each time over a connection of its own. On one event loop.
 * What fails says why in its message.
 */
final class Probes {
  private static final int LINE = 1_024;
  private static final Pattern STATUS_LINE =
      Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");

  /** A PROXY protocol header, version 2, command LOCAL: the connection is our own (§2.2). */
  private static final byte[] PROXY_LOCAL = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x20, 0x00, 0x00, 0x00
  };

  /** A close frame with code 1000; a client's, with a mask of zeros (RFC 6455 §5.5.1, §5.3). */
  private static final byte[] WEBSOCKET_CLOSE = {
    (byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xE8
  };

  private final Vertx vertx;
  private final NetClient tcp;
  private final Map<Optional<Tls>, NetClient> http = new HashMap<>();

  Probes(Vertx vertx) {
    this.vertx = vertx;
    this.tcp = vertx.createNetClient(new NetClientOptions());
  }

  Future<Void> probe(PoolSpec pool, MemberSpec member) {
    return switch (pool.health().check()) {
      case HTTP -> http(pool, member);
      case WEBSOCKET -> webSocket(pool, member);
      case TCP, PASSIVE -> tcp(pool, member);
    };
  }

  private Future<Void> tcp(PoolSpec pool, MemberSpec member) {
    return connect(member.host(), member.port(), pool.health().timeout())
        .compose(
            socket ->
                pool.relaying().proxyProtocol()
                    ? socket.end(Buffer.buffer(PROXY_LOCAL))
                    : socket.close());
  }

  private Future<NetSocket> connect(String host, int port, Duration timeout) {
    ConnectOptions options = new ConnectOptions().setHost(host).setPort(port);
    options.setTimeout((int) timeout.toMillis());
    return tcp.connect(options);
  }

  private Future<Void> http(PoolSpec pool, MemberSpec member) {
    PoolSpec.Health health = pool.health();
    return ask(pool, member, "Connection: close\r\n", Buffer.buffer())
        .compose(line -> judge(line, health.statusFrom(), health.statusTo()));
  }

  /** A handshake (RFC 6455 §4.1); one that is taken is followed by a close with code 1000. */
  private Future<Void> webSocket(PoolSpec pool, MemberSpec member) {
    byte[] key = new byte[16];
    ThreadLocalRandom.current().nextBytes(key);
    String headers =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: "
            + Base64.getEncoder().encodeToString(key)
            + "\r\n";
    return ask(pool, member, headers, Buffer.buffer(WEBSOCKET_CLOSE))
        .compose(line -> judge(line, 101, 101));
  }

  /** The status line of the answer (RFC 9112 §4); the rest does not matter. */
  private Future<String> ask(PoolSpec pool, MemberSpec member, String headers, Buffer goodbye) {
    Duration timeout = pool.health().timeout();
    String name = serverName(pool, member);
    ConnectOptions options =
        new ConnectOptions()
            .setRemoteAddress(SocketAddress.inetSocketAddress(member.port(), member.host()))
            .setHost(name)
            .setPort(member.port());
    if (pool.relaying().tls().isPresent()) {
      options.setSsl(true).setSniServerName(name); // the client's own ssl does not count here
    }
    options.setTimeout((int) timeout.toMillis());
    String question =
        "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: selvedge-health\r\n%s\r\n"
            .formatted(pool.health().path(), member.address(), headers);
    return http.computeIfAbsent(pool.relaying().tls(), this::httpClient)
        .connect(options)
        .compose(
            socket -> {
              Future<String> line = lineOf(socket, timeout, goodbye);
              return socket.write(question).compose(sent -> line);
            });
  }

  private static Future<Void> judge(String line, int from, int to) {
    Matcher status = STATUS_LINE.matcher(line);
    if (!status.matches()) {
      return Future.failedFuture("no HTTP answer");
    }
    int code = Integer.parseInt(status.group(1));
    return code >= from && code <= to
        ? Future.succeededFuture()
        : Future.failedFuture("status " + code);
  }

  private static String serverName(PoolSpec pool, MemberSpec member) {
    return pool.relaying()
        .tls()
        .map(Tls::serverName)
        .filter(name -> !name.isEmpty())
        .orElse(member.host());
  }

  private NetClient httpClient(Optional<Tls> tls) {
    NetClientOptions options = new NetClientOptions();
    boolean verify = tls.map(Tls::verify).orElse(false);
    secure(options, tls, () -> options.setHostnameVerificationAlgorithm(verify ? "HTTPS" : ""));
    return vertx.createNetClient(options);
  }

  private static void secure(ClientOptionsBase options, Optional<Tls> tls, Runnable verifyHost) {
    tls.ifPresent(
        to -> {
          options.setSsl(true).setTrustAll(!to.verify());
          if (!to.ca().isEmpty()) {
            options.setTrustOptions(new PemTrustOptions().addCertPath(to.ca()));
          }
          verifyHost.run();
        });
  }

  /** The first line that an agent sends, at most 1 KiB. */
  Future<String> agent(String host, int port, Duration timeout) {
    return connect(host, port, timeout).compose(socket -> lineOf(socket, timeout, Buffer.buffer()));
  }

  /** The first line that a socket sends, at most 1 KiB; then the last word, and it is closed. */
  private static Future<String> lineOf(NetSocket socket, Duration timeout, Buffer goodbye) {
    Promise<String> line = Promise.promise();
    Buffer read = Buffer.buffer();
    socket.exceptionHandler(line::tryFail);
    socket.closeHandler(
        closed -> line.tryComplete(read.toString(StandardCharsets.US_ASCII).strip()));
    socket.handler(
        bytes -> {
          read.appendBuffer(bytes);
          String text = read.toString(StandardCharsets.US_ASCII);
          int end = text.indexOf('\n');
          if (end >= 0 || read.length() > LINE) {
            line.tryComplete(end >= 0 ? text.substring(0, end).strip() : "");
          }
        });
    return line.future()
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> socket.end(goodbye));
  }

  Future<Void> close() {
    List<Future<?>> closed = new ArrayList<>();
    closed.add(tcp.close());
    http.values().forEach(client -> closed.add(client.close()));
    return Future.join(closed).mapEmpty();
  }
}
