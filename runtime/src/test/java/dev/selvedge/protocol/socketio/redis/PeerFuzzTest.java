package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.session.PeerServers.Target;
import dev.selvedge.testing.Fuzz;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Damaged messages of peers are read or ignored, nothing else. */
class PeerFuzzTest {
  private static final Target SOME = new Target(List.of("red", "blue"), List.of("green"));

  private static final List<Object> DATA =
      List.of(
          "event",
          1.5,
          Buffer.buffer(new byte[] {1, 2, 3}),
          new JsonObject().put("a", new JsonArray().add(true).addNull().add("é")));

  private static List<byte[]> golden() {
    List<PeerRequest> requests =
        List.of(
            new PeerRequest.Broadcast(DATA, SOME, true),
            new PeerRequest.AskedBroadcast("r", DATA, SOME, 700),
            new PeerRequest.Join(SOME, List.of("x")),
            new PeerRequest.Disconnect(SOME, true),
            new PeerRequest.Fetch("r", SOME),
            new PeerRequest.ServerMessage("r", DATA));
    List<byte[]> golden = new ArrayList<>();
    golden.add(ClassicCodec.broadcast("uid", "/", new PeerRequest.Broadcast(DATA, SOME, true)));
    for (PeerRequest request : requests) {
      golden.add(ShardedCodec.request("uid", "/", request));
      if (!(request instanceof PeerRequest.Broadcast)) {
        golden.add(ClassicCodec.request("uid", "/", request));
      }
    }
    List<PeerResponse> responses =
        List.of(
            new PeerResponse.Sockets("r", List.of(new JsonObject().put("id", "s"))),
            new PeerResponse.ServerAnswer("r", DATA.get(3), false),
            new PeerResponse.ClientCount("r", 3),
            new PeerResponse.ClientAnswer("r", DATA.get(2)));
    for (PeerResponse response : responses) {
      golden.add(ClassicCodec.response(response));
      golden.add(ShardedCodec.response("uid", "/", response));
    }
    return golden;
  }

  @Tag("fuzz")
  @Test
  void aMessageIsReadOrIgnored() throws Exception {
    Fuzz.of("message of a Socket.IO peer", golden())
        .words("{\"type\":", "\"requestId\":", "\"rooms\":[", "\"data\":", "\"opts\":{", "}", "]")
        .bytes("d40000", "d6ff00000001", "d70000000000000003e9", "c70300010203", "ddffffffff")
        .refusedWith(Fields.Malformed.class)
        .allocating(4_096, 256 * 1024)
        .run(PeerFuzzTest::read);
  }

  private static void read(byte[] message) throws Fields.Malformed {
    Optional<PeerResponse> response = ClassicCodec.readResponse(message);
    response
        .filter(PeerResponse.Sockets.class::isInstance)
        .map(PeerResponse.Sockets.class::cast)
        .ifPresent(found -> found.sockets().forEach(each -> SocketDetailsCodec.decode(each, "/")));
    boolean isRead =
        response.isPresent()
            | ClassicCodec.readBroadcast(message, "/").isPresent()
            | ClassicCodec.readRequest(message, "/").isPresent()
            | ShardedCodec.readRequest(message, "/").isPresent()
            | ShardedCodec.readResponse(message, "/").isPresent();
    if (!isRead) {
      throw new Fields.Malformed("ignored");
    }
  }
}
