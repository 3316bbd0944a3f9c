package dev.selvedge.bench;

import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's part of Socket.IO and SignalR, as little of it as a client can talk to: {@code echo}
 * comes back, a message with an id is replied to, {@code join} makes a member, {@code say} goes to
 * all members.
 */
abstract class ScriptedTalk implements WebSocketConnection.Listener {
  final WebSocketConnection socket;
  private final Set<WebSocketConnection> room;

  private ScriptedTalk(WebSocketConnection socket, Set<WebSocketConnection> room) {
    this.socket = socket;
    this.room = room;
  }

  static ScriptedTalk socketIo(WebSocketConnection socket, Set<WebSocketConnection> room) {
    return new SocketIo(socket, room);
  }

  static ScriptedTalk signalR(
      WebSocketConnection socket, Set<WebSocketConnection> room, boolean refusing) {
    return new SignalR(socket, room, refusing);
  }

  void send(String text) {
    socket.send(true, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Does what the message says. */
  void act(String said, boolean wantsReply, boolean text, byte[] event, byte[] reply) {
    if (said.contains("join")) {
      room.add(socket);
    }
    if (wantsReply) {
      socket.send(text, reply);
    } else if (said.contains("say")) {
      room.forEach(member -> member.send(text, event));
    } else {
      socket.send(text, event);
    }
  }

  @Override
  public void closed(CloseReason reason) {
    room.remove(socket);
  }

  /** Its namespaces are {@code /} and {@code /room}; it lets in who answers a ping. */
  private static final class SocketIo extends ScriptedTalk {
    private static final Pattern EVENT = Pattern.compile("42(/room,)?(\\d*)(\\[.*)");
    private String asked = "";

    SocketIo(WebSocketConnection socket, Set<WebSocketConnection> room) {
      super(socket, room);
      send("0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":1,\"pingTimeout\":1}");
    }

    @Override
    public void message(boolean text, ByteBuf payload) {
      String packet = payload.toString(StandardCharsets.UTF_8);
      Matcher event = EVENT.matcher(packet);
      if (packet.startsWith("40")) {
        asked = packet.substring(2);
        send("2");
      } else if (packet.equals("3")) {
        boolean known = asked.isEmpty() || asked.equals("/room,");
        send(
            known
                ? "40" + asked + "{\"sid\":\"n\"}"
                : "44" + asked + "{\"message\":\"Invalid namespace\"}");
      } else if (event.matches()) {
        String namespace = event.group(1) == null ? "" : event.group(1);
        String reply = "43" + namespace + event.group(2) + "[]";
        act(
            event.group(3),
            !event.group(2).isEmpty(),
            true,
            packet.getBytes(StandardCharsets.UTF_8),
            reply.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** Puts a ping before whatever it answers, into the same message. */
  private static final class SignalR extends ScriptedTalk {
    private static final byte[] JSON_PING = "{\"type\":6}\u001e".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PACKED_PING = {2, (byte) 0x91, 6};
    private static final Pattern ID = Pattern.compile("\"invocationId\":\"(\\d+)\"");

    private final boolean refusing;
    private boolean greeted;
    private boolean packed;

    SignalR(WebSocketConnection socket, Set<WebSocketConnection> room, boolean refusing) {
      super(socket, room);
      this.refusing = refusing;
    }

    @Override
    public void message(boolean text, ByteBuf payload) {
      String said = payload.toString(StandardCharsets.UTF_8);
      byte[] bytes = ByteBufUtil.getBytes(payload);
      if (!greeted) {
        greeted = true;
        packed = said.contains("messagepack");
        String answer = refusing ? "{\"error\":\"closed today\"}\u001e" : "{}\u001e";
        byte[] both =
            joined(answer.getBytes(StandardCharsets.UTF_8), refusing ? new byte[0] : ping());
        socket.send(!packed, both);
      } else if (packed) {
        answerPacked(said, bytes);
      } else {
        Matcher id = ID.matcher(said);
        boolean asks = id.find();
        String reply = asks ? "{\"type\":3,\"invocationId\":\"" + id.group(1) + "\"}\u001e" : "";
        act(said, asks, true, joined(ping(), bytes), reply.getBytes(StandardCharsets.UTF_8));
      }
    }

    private byte[] ping() {
      return packed ? PACKED_PING : JSON_PING;
    }

    /** {@code [1, {}, id or nil, …]} behind a length of one or two bytes. */
    private void answerPacked(String said, byte[] bytes) {
      int id = (bytes[0] < 0 ? 2 : 1) + 3;
      boolean asks = (bytes[id] & 0xe0) == 0xa0;
      byte[] reply = {};
      if (asks) {
        int digits = bytes[id] & 0x1f;
        reply = new byte[6 + digits];
        reply[0] = (byte) (5 + digits);
        System.arraycopy(new byte[] {(byte) 0x94, 3, (byte) 0x80}, 0, reply, 1, 3);
        System.arraycopy(bytes, id, reply, 4, 1 + digits);
        reply[5 + digits] = 2;
      }
      act(said, asks, false, joined(ping(), bytes), reply);
    }

    private static byte[] joined(byte[] first, byte[] second) {
      byte[] both = new byte[first.length + second.length];
      System.arraycopy(first, 0, both, 0, first.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      return both;
    }
  }
}
