package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.router.Cookies;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What passes of a request's headers, and of an answer's. */
class HeaderRulesTest {
  private static final Predicate<String> OURS = "selvedge-pool"::equals;

  private static HttpHeaders headers(String... namesAndValues) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  private static ForwardedHeaders.Source from(String peer, boolean trusted) {
    try {
      return new ForwardedHeaders.Source(
          InetAddress.getByName(peer), peer, trusted, false, "shop.example");
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpHeaders toMember(HttpHeaders from, ForwardedHeaders.Source source) {
    return RequestHeaders.forMember(from, source, OURS, null, false);
  }

  private static HttpHeaders stranger(HttpHeaders from) {
    return toMember(from, from("192.0.2.1", false));
  }

  // ---- requests

  @Test
  void whatConcernsTheClientsConnectionStaysHere() {
    HttpHeaders to =
        stranger(
            headers(
                "Connection", "keep-alive, X-Hop",
                "Keep-Alive", "timeout=5",
                "Proxy-Connection", "keep-alive",
                "TE", "trailers, deflate",
                "Trailer", "X",
                "Upgrade", "h2c",
                "HTTP2-Settings", "AAMAAABkAAQAoAAAAAIAAAAA",
                "Proxy-Authorization", "Basic x",
                "X-Hop", "gone",
                "Expect", "100-continue",
                "X-Kept", "1"));

    for (String gone :
        List.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "upgrade",
            "http2-settings",
            "proxy-authorization",
            "x-hop",
            "expect")) {
      assertFalse(to.contains(gone), gone);
    }
    assertEquals("1", to.get("x-kept"));
  }

  @Test
  void connectionCannotTakeAwayWhatMembersRelyOn() {
    HttpHeaders to =
        stranger(
            headers(
                "Connection",
                "host, x-forwarded-for, X-Forwarded-Proto, X-Real-IP, forwarded, cookie,"
                    + " content-length, authorization",
                "Cookie",
                "a=1",
                "Content-Length",
                "3",
                "Authorization",
                "Bearer x"));

    assertEquals("shop.example", to.get("host"));
    assertEquals("192.0.2.1", to.get("x-forwarded-for"));
    assertEquals("http", to.get("x-forwarded-proto"));
    assertEquals("192.0.2.1", to.get("x-real-ip"));
    assertEquals("a=1", to.get("cookie"));
    assertEquals("3", to.get("content-length"));
    assertEquals("Bearer x", to.get("authorization"));
    assertTrue(to.contains("forwarded"));
  }

  @Test
  void whatAStrangerSaysAboutItselfIsReplaced() {
    HttpHeaders to =
        stranger(
            headers(
                "X-Forwarded-For", "6.6.6.6",
                "x-forwarded-for", "7.7.7.7",
                "X_Forwarded_For", "8.8.8.8",
                "X-Forwarded-Proto", "https",
                "X-Forwarded-Host", "bank.example",
                "X-Forwarded-Port", "443",
                "X-Real-IP", "6.6.6.6",
                "Forwarded", "for=6.6.6.6"));

    assertEquals(List.of("192.0.2.1"), to.getAll("x-forwarded-for"));
    assertEquals(List.of("http"), to.getAll("x-forwarded-proto"));
    assertEquals(List.of("shop.example"), to.getAll("x-forwarded-host"));
    assertEquals(List.of("192.0.2.1"), to.getAll("x-real-ip"));
    assertEquals(List.of("for=192.0.2.1;host=shop.example;proto=http"), to.getAll("forwarded"));
    assertFalse(to.contains("x-forwarded-port"));
    assertFalse(to.contains("x_forwarded_for"));
  }

  @Test
  void whatATrustedProxySaysIsKeptAndLinesOfAListAreOne() {
    HttpHeaders to =
        toMember(
            headers(
                "X-Forwarded-For", "6.6.6.6, 7.7.7.7",
                "X-Forwarded-For", "8.8.8.8",
                "X-Forwarded-Proto", "https",
                "X-Forwarded-Host", "bank.example",
                "X-Forwarded-Port", "443",
                "Forwarded", "for=6.6.6.6"),
            from("10.0.0.1", true));

    assertEquals(List.of("6.6.6.6, 7.7.7.7, 8.8.8.8, 10.0.0.1"), to.getAll("x-forwarded-for"));
    assertEquals("https", to.get("x-forwarded-proto"));
    assertEquals("bank.example", to.get("x-forwarded-host"));
    assertEquals("443", to.get("x-forwarded-port"));
    assertEquals("for=6.6.6.6, for=10.0.0.1;host=shop.example;proto=http", to.get("forwarded"));
  }

  @Test
  void rfc7239WantsIpv6AndPortsQuoted() throws Exception {
    HttpHeaders to = new DefaultHttpHeaders();
    ForwardedHeaders.add(
        new DefaultHttpHeaders(),
        new ForwardedHeaders.Source(
            InetAddress.getByName("2001:db8::1"), "2001:db8::1", false, true, "[::1]:8080"),
        to);

    assertEquals("for=\"[2001:db8::1]\";host=\"[::1]:8080\";proto=https", to.get("forwarded"));
    assertEquals("2001:db8::1", to.get("x-forwarded-for"));
  }

  @Test
  void ourCookieStaysHereAndTheOthersPass() {
    HttpHeaders to =
        stranger(headers("Cookie", "a=1; selvedge-pool=v1.x; b=2", "Cookie", "selvedge-pool=y"));

    assertEquals(List.of("a=1; b=2"), to.getAll("cookie"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "a=1|a=1",
        "selvedge-pool=x|-",
        "  selvedge-pool = x ;a=1;|a=1",
        "selvedge-poolx=1|selvedge-poolx=1",
        "a=selvedge-pool=x|a=selvedge-pool=x",
        "selvedge-pool|-"
      })
  void cookiesAreToldApartByTheirWholeName(String line, String left) {
    assertEquals(left, Cookies.without(line, OURS));
  }

  @Test
  void aMemberMaySeeItsOwnAddressAsHost() {
    HttpHeaders to =
        RequestHeaders.forMember(
            headers("Host", "shop.example"), from("192.0.2.1", false), OURS, "10.0.0.9:80", false);

    assertEquals(List.of("10.0.0.9:80"), to.getAll("host"));
    assertEquals("shop.example", to.get("x-forwarded-host"));
  }

  // ---- answers

  @Test
  void whatConcernsTheMembersConnectionStaysHereToo() {
    HttpHeaders to =
        ResponseHeaders.forClient(
            headers(
                "Connection", "close, X-Hop, Set-Cookie",
                "Keep-Alive", "timeout=5",
                "Transfer-Encoding", "chunked",
                "Upgrade", "h2c",
                "Proxy-Authenticate", "Basic",
                "X-Hop", "gone",
                "Server", "Secret/1.2",
                "Set-Cookie", "a=1",
                "Set-Cookie", "b=2; Path=/"),
            200,
            OURS,
            null);

    assertEquals(List.of("a=1", "b=2; Path=/"), to.getAll("set-cookie"));
    assertEquals(2, to.size());
  }

  @Test
  void aMemberCannotSetOurCookie() {
    HttpHeaders to =
        ResponseHeaders.forClient(
            headers("Set-Cookie", "selvedge-pool=forged; Path=/", "Set-Cookie", "a=1"),
            200,
            OURS,
            "selvedge-pool=v1.real");

    assertEquals(List.of("a=1", "selvedge-pool=v1.real"), to.getAll("set-cookie"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "-|private",
        "max-age=60|private, max-age=60",
        "public, max-age=60, s-maxage=90|private, max-age=60",
        "no-store|no-store",
        "private, max-age=60|private, max-age=60",
        "no-cache|private, no-cache"
      })
  void anAnswerWithOurCookieIsForNoSharedCache(String before, String after) {
    HttpHeaders from = before == null ? headers() : headers("Cache-Control", before);

    HttpHeaders to = ResponseHeaders.forClient(from, 200, OURS, "selvedge-pool=v1.x");

    assertEquals(List.of(after), to.getAll("cache-control"));
    assertEquals(before, ResponseHeaders.forClient(from, 200, OURS, null).get("cache-control"));
  }

  @Test
  void a101HasOneUpgradeAndNoLength() {
    HttpHeaders to =
        ResponseHeaders.forTunnel(
            headers(
                "Upgrade", "WebSocket",
                "Connection", "Upgrade",
                "Content-Length", "0",
                "Sec-WebSocket-Accept", "x"),
            OURS,
            null);

    assertEquals(List.of("websocket"), to.getAll("upgrade"));
    assertEquals(List.of("Upgrade"), to.getAll("connection"));
    assertNull(to.get("content-length"));
    assertEquals("x", to.get("sec-websocket-accept"));
  }

  @Test
  void a426KeepsWhatItExplains() {
    HttpHeaders answer = headers("Upgrade", "websocket", "Connection", "Upgrade");

    assertEquals("websocket", ResponseHeaders.forClient(answer, 426, OURS, null).get("upgrade"));
    assertNull(ResponseHeaders.forClient(answer, 200, OURS, null).get("upgrade"));
  }
}
