package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Fuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members' answers, to the byte. */
class AnswerParserTest {
  /** Writes down what it gets. */
  private static final class Seen implements AnswerParser.Sink {
    final StringBuilder text = new StringBuilder();

    @Override
    public void interim(AnswerHead head) {
      text.append("interim ").append(head.status()).append('|');
    }

    @Override
    public void head(AnswerHead head) {
      text.append(head.status()).append('|');
    }

    @Override
    public void body(ByteBuf bytes) {
      text.append(bytes.toString(StandardCharsets.ISO_8859_1));
      bytes.release();
    }

    @Override
    public void end(boolean behind) {
      text.append(behind ? "|end and more" : "|end");
    }

    @Override
    public void switched(ByteBuf first) {
      text.append("switched ").append(first.toString(StandardCharsets.ISO_8859_1));
      first.release();
    }
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  /** Whole, and byte by byte; both must be the same but for how the body is cut. */
  private static String parsed(String answer, boolean toHead) {
    Seen whole = new Seen();
    AnswerParser first = new AnswerParser(whole, toHead);
    first.read(bytes(answer));
    first.closed();
    Seen pieces = new Seen();
    AnswerParser second = new AnswerParser(pieces, toHead);
    for (char c : answer.toCharArray()) {
      second.read(bytes(String.valueOf(c)));
    }
    second.closed();
    assertEquals(whole.text.toString().replace(" and more", ""), pieces.text.toString());
    return whole.text.toString();
  }

  private static String parsed(String answer) {
    return parsed(answer, false);
  }

  @Test
  void bodiesEndAsTheyAreFramed() {
    assertEquals("200|abc|end", parsed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"));
    assertEquals("200||end", parsed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    assertEquals("200|abc|end", parsed("HTTP/1.0 200\r\n\r\nabc"));
    assertEquals("204||end", parsed("HTTP/1.1 204 \r\nX: y\r\n\r\n"));
    assertEquals("200||end", parsed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", true));
    assertEquals(
        "200|abcdefghijklmnop|end",
        parsed(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "1;a=\"b;c\"\r\na\r\nF\r\nbcdefghijklmnop\r\n000\r\nT: x\r\nU: y\r\n\r\n"));
  }

  @Test
  void interimAnswersComeBeforeTheAnswer() {
    assertEquals(
        "interim 100|interim 103|200|x|end",
        parsed(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"));
    assertThrows(BadAnswer.class, () -> parsed("HTTP/1.1 102 X\r\n\r\n".repeat(17)));
  }

  @Test
  void whatComesBehindAnAnswerIsNoticed() {
    assertEquals(
        "200|x|end and more",
        parsed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n\r\n"));
  }

  @Test
  void bytesBehindA101AreNotParsed() {
    Seen seen = new Seen();

    new AnswerParser(seen, false).read(bytes("HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\n\u0001\n\r\n"));

    assertEquals("101|switched \u0001\n\r\n", seen.text.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3 3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 204 X\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX(): a\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nnothing\r\n\r\n",
        "HTTP/1.1 200 OK\nX: a\n\n",
        "HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\rY: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\u0000b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\u0007b\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.2 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n",
        "HTTP/1.1 +20 OK\r\n\r\n",
        "<html>hello</html>\r\n\r\n"
      })
  void headsThatCouldBeReadInTwoWaysAreRefused(String answer) {
    assertThrows(BadAnswer.class, () -> parsed(answer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\r\n",
        "0x1\r\n",
        "+1\r\n",
        "-1\r\n",
        " 1\r\n",
        "1 \r\n",
        "\r\n",
        ";a\r\n",
        "1\nx",
        "1\rx",
        "1;a\nx",
        "1;a\u0000\r\n",
        "1\r\nxx\r\n",
        "1\r\nx\n0\r\n\r\n",
        "ffffffffffffffff\r\n",
        "10000000000000000\r\n",
        "0\r\nT: a\nU: b\r\n\r\n",
        "0\r\nT: a\u0000\r\n\r\n"
      })
  void chunksThatCouldBeReadInTwoWaysAreRefused(String chunks) {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    assertThrows(BadAnswer.class, () -> parsed(head + chunks));
  }

  @Test
  void headsExtensionsAndTrailersHaveABound() {
    String ok = "HTTP/1.1 200 OK\r\n";
    String chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    for (String endless :
        new String[] {
          ok + "X: " + "x".repeat(70_000),
          ok + "X: y\r\n".repeat(20_000),
          "H".repeat(70_000),
          chunked + "1;" + "x".repeat(2000),
          chunked + "0\r\n" + "X: y\r\n".repeat(20_000)
        }) {
      AnswerParser parser = new AnswerParser(new Seen(), false);
      assertThrows(BadAnswer.class, () -> parser.read(bytes(endless)));
    }
  }

  @Test
  void anAnswerThatIsCutOffIsNotComplete() {
    for (String cut :
        new String[] {
          "HTTP/1.1 200 OK\r\nContent-Le",
          "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        }) {
      AnswerParser parser = new AnswerParser(new Seen(), false);
      parser.read(bytes(cut));
      assertFalse(parser.closed());
      assertTrue(parser.begun());
    }
  }

  @Tag("fuzz")
  @Test
  void damagedAnswersAreReadOrRefused() throws Exception {
    Fuzz.ofTexts(
            "HTTP answer",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabc",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 None\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n1;a=\"b\"\r\nd\r\n0\r\nT: x\r\n\r\n",
            "HTTP/1.0 200\r\n\r\nuntil the end",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                + "\r\nmore")
        .words("\r\n", "\n", ":", " ", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n")
        .words("HTTP/1.1 100 Continue\r\n\r\n", "0\r\n\r\n", "ffffffffffffffff\r\n", ";")
        .refusedWith(BadAnswer.class)
        .allocating(1_024, 64 * 1024)
        .run(AnswerParserTest::readInPieces);
  }

  private static void readInPieces(byte[] answer) {
    Random cuts = new Random(Arrays.hashCode(answer));
    Seen seen = new Seen();
    AnswerParser parser = new AnswerParser(seen, cuts.nextInt(8) == 0);
    for (int at = 0; at < answer.length; ) {
      int length = Math.min(answer.length - at, 1 + cuts.nextInt(answer.length));
      parser.read(Unpooled.copiedBuffer(answer, at, length));
      at += length;
    }
    if (!parser.closed()) {
      throw new BadAnswer("cut off");
    }
  }
}
