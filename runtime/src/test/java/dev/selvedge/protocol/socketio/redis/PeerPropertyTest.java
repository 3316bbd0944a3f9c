package dev.selvedge.protocol.socketio.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.session.PeerServers.Target;
import dev.selvedge.testing.Fuzz;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is written is read again as it was, whatever it is; what is broken breaks nothing. */
class PeerPropertyTest {
  private static final int RUNS = 1_000;

  private final Random random = new Random(20_260_801);

  private String word() {
    int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 12);
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.appendCodePoint(random.nextInt(4) == 0 ? 0x1F600 + random.nextInt(50) : 'a' + i % 26);
    }
    return word.toString();
  }

  private List<String> words() {
    List<String> words = new ArrayList<>();
    for (int i = random.nextInt(20); i > 0; i--) {
      words.add(word());
    }
    return words;
  }

  private Object value(int depth, boolean withBytes) {
    return switch (random.nextInt(depth > 3 ? 7 : 9)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextInt();
      case 3 -> random.nextLong() | 1L << 40;
      case 4 -> random.nextDouble();
      case 5 -> withBytes ? bytes() : word();
      case 6 -> word();
      case 7 -> {
        JsonArray array = new JsonArray();
        for (int i = random.nextInt(5); i > 0; i--) {
          array.add(value(depth + 1, withBytes));
        }
        yield array;
      }
      default -> {
        JsonObject object = new JsonObject();
        for (int i = random.nextInt(5); i > 0; i--) {
          object.put(word(), value(depth + 1, withBytes));
        }
        yield object;
      }
    };
  }

  private Buffer bytes() {
    byte[] bytes = new byte[random.nextInt(400)];
    random.nextBytes(bytes);
    return Buffer.buffer(bytes);
  }

  private List<Object> data(boolean withBytes) {
    List<Object> data = new ArrayList<>();
    data.add(word());
    for (int i = random.nextInt(4); i > 0; i--) {
      data.add(value(0, withBytes));
    }
    return data;
  }

  private Target target() {
    return new Target(words(), words());
  }

  private PeerRequest request(boolean withBytes) {
    return switch (random.nextInt(7)) {
      case 0 -> new PeerRequest.Broadcast(data(withBytes), target(), random.nextBoolean());
      case 1 ->
          new PeerRequest.AskedBroadcast(
              word(), data(withBytes), target(), random.nextInt(100_000));
      case 2 -> new PeerRequest.Join(target(), words());
      case 3 -> new PeerRequest.Leave(target(), words());
      case 4 -> new PeerRequest.Disconnect(target(), random.nextBoolean());
      case 5 -> new PeerRequest.Fetch(word(), target());
      default ->
          new PeerRequest.ServerMessage(random.nextBoolean() ? word() : null, data(withBytes));
    };
  }

  private PeerResponse response(boolean withBytes) {
    return switch (random.nextInt(4)) {
      case 0 ->
          new PeerResponse.Sockets(
              word(), List.of(new JsonObject().put("id", value(0, withBytes))));
      case 1 -> new PeerResponse.ServerAnswer(word(), value(0, withBytes), random.nextBoolean());
      case 2 -> new PeerResponse.ClientCount(word(), random.nextInt(1_000));
      default -> new PeerResponse.ClientAnswer(word(), value(0, withBytes));
    };
  }

  private byte[] classic(PeerRequest request) {
    return request instanceof PeerRequest.Broadcast broadcast
        ? ClassicCodec.broadcast("uid", "/n", broadcast)
        : ClassicCodec.request("uid", "/n", request);
  }

  private static Optional<FromPeer> readClassic(PeerRequest like, byte[] message) {
    return like instanceof PeerRequest.Broadcast
        ? ClassicCodec.readBroadcast(message, "/n")
        : ClassicCodec.readRequest(message, "/n");
  }

  @Test
  void requestsAreReadAsTheyWereWritten() {
    for (int i = 0; i < RUNS; i++) {
      PeerRequest plain = request(false);
      assertEquals(Optional.of(new FromPeer("uid", plain)), readClassic(plain, classic(plain)));
      PeerRequest any = request(true);
      assertEquals(
          Optional.of(new FromPeer("uid", any)),
          ShardedCodec.readRequest(ShardedCodec.request("uid", "/n", any), "/n"));
      PeerRequest packed = new PeerRequest.Broadcast(data(true), target(), random.nextBoolean());
      assertEquals(Optional.of(new FromPeer("uid", packed)), readClassic(packed, classic(packed)));
    }
  }

  @Test
  void responsesAreReadAsTheyWereWritten() {
    for (int i = 0; i < RUNS; i++) {
      PeerResponse plain = response(false);
      assertEquals(Optional.of(plain), ClassicCodec.readResponse(ClassicCodec.response(plain)));
      PeerResponse any = response(true);
      assertEquals(
          Optional.of(any),
          ShardedCodec.readResponse(ShardedCodec.response("uid", "/n", any), "/n"));
    }
  }

  private static final class NothingToRead extends Exception {
    private static final long serialVersionUID = 1L;
  }

  @Tag("fuzz")
  @Test
  void damagedMessagesAreReadOrPassedOver() throws Exception {
    List<byte[]> golden = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      PeerRequest request = request(false);
      golden.add(classic(request));
      golden.add(ShardedCodec.request("uid", "/n", request));
      golden.add(ClassicCodec.response(response(false)));
      golden.add(ShardedCodec.response("uid", "/n", response(true)));
    }
    Fuzz.of("Socket.IO peers", golden)
        .words("{\"", "[", "\"uid\":", "\"type\":", "\"rooms\":[", "/n")
        .bytes("91", "81a161", "dc0400", "de0200", "ddffffffff", "dfffffffff", "c6ffffffff", "d7ff")
        .refusedWith(NothingToRead.class)
        .allocating(1_024, 512 * 1024) // five readers
        .run(PeerPropertyTest::read);
  }

  /** With each reader: one of them makes something of it, or none. */
  private static void read(byte[] message) throws NothingToRead {
    boolean read = ClassicCodec.readBroadcast(message, "/n").isPresent();
    read |= ClassicCodec.readRequest(message, "/n").isPresent();
    read |= ClassicCodec.readResponse(message).isPresent();
    read |= ShardedCodec.readRequest(message, "/n").isPresent();
    read |= ShardedCodec.readResponse(message, "/n").isPresent();
    if (!read) {
      throw new NothingToRead();
    }
  }
}
