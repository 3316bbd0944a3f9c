package dev.selvedge.protocol.socketio;

import dev.selvedge.edge.Exchange;
import dev.selvedge.protocol.MediaType;
import io.vertx.core.buffer.Buffer;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a client that polls sends: the packets of one POST, one after the other. While the session
 * does not read, the rest waits and the POST is not answered. Confined to the session's lane.
 */
final class Posts {
  /** The session. */
  interface Reader {
    /** Whether the next packet may come: false while it does not read, and when it is over. */
    boolean reading();

    void packet(EnginePacket packet);

    void malformed();
  }

  private final Reader reader;
  private @Nullable Exchange open;
  private Iterator<String> packets = Collections.emptyIterator();
  private boolean pumping;

  Posts(Reader reader) {
    this.reader = reader;
  }

  boolean isOpen() {
    return open != null;
  }

  boolean isOpen(Exchange exchange) {
    return open == exchange;
  }

  /** A POST, with none open; its body is still to come. */
  void begin(Exchange exchange) {
    open = exchange;
  }

  /** Its body is here. */
  void take(Exchange exchange, Buffer body) {
    if (open == exchange) {
      packets = EngineCodec.packets(MediaType.utf8(body));
      pump();
    }
  }

  /** Its body does not come. */
  void forget(Exchange exchange) {
    if (open == exchange) {
      open = null;
    }
  }

  // A packet may make the session pause, resume or end.
  void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (open != null && reader.reading() && packets.hasNext()) {
        next();
      }
    } finally {
      pumping = false;
    }
    if (open != null && !packets.hasNext()) {
      EngineAnswers.posted(close(open));
    }
  }

  private void next() {
    try {
      reader.packet(EngineCodec.decode(packets.next()));
    } catch (MalformedPacket parseError) {
      reader.malformed();
    }
  }

  /** The session ended well with the packet that the POST is at. */
  void accept() {
    if (open != null) {
      EngineAnswers.posted(close(open));
    }
  }

  /** The session ended, or goes on elsewhere. */
  void fail() {
    if (open != null) {
      EngineAnswers.failed(close(open));
    }
  }

  private Exchange close(Exchange exchange) {
    open = null;
    packets = Collections.emptyIterator();
    return exchange;
  }
}
