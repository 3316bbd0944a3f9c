package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket, from the first byte of its handshake on. Replies to pings and closes; what it
 * writes while reading is flushed once, behind the read. Confined to its event loop.
 */
final class Client extends ChannelInboundHandlerAdapter {
  private static final int MAX_HEAD = 64 * 1024;
  private static final int NORMAL_CLOSURE = 1000;

  private enum State {
    CONNECTING,
    /** A WebSocket; the dialect is not through with its greetings. */
    GREETING,
    OPEN,
    CLOSING,
    OVER
  }

  /** Half of what servers of the dialects that want it wait for. */
  private static final int KEEP_ALIVE_SECONDS = 15;

  private final Swarm<?> swarm;
  private final Dialect dialect;
  private final Handshake handshake;
  private final Script script;
  private final SendTimes unanswered = new SendTimes();
  private State state = State.CONNECTING;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Future<?> deadline;
  private @Nullable ByteBuf partial;
  private @Nullable CompositeByteBuf fragments;

  /** Of the message that the fragments are of. */
  private boolean text;

  private @Nullable Future<?> keepAlive;
  private long longestWait;
  private boolean reading;
  private boolean written;

  Client(Swarm<?> swarm, Handshake handshake, Script script) {
    this.swarm = swarm;
    this.dialect = swarm.load().dialect();
    this.handshake = handshake;
    this.script = script;
  }

  /** An answer took so long, in ns. */
  void waited(long nanos) {
    longestWait = Math.max(longestWait, nanos);
  }

  /** The longest that any of its answers took, in ns; 0 if there was none. */
  long longestWait() {
    return longestWait;
  }

  Script script() {
    return script;
  }

  /** When those of its messages were sent that have no reply yet. */
  SendTimes unanswered() {
    return unanswered;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  /** Whether it is the dialect's turn to call {@link #ready}. */
  boolean isGreeting() {
    return state == State.GREETING;
  }

  /** Sends a frame; it is released. */
  void send(ByteBuf frame) {
    ChannelHandlerContext to = context;
    if (to == null || state == State.OVER) {
      frame.release();
      return;
    }
    to.write(frame, to.voidPromise());
    if (reading) {
      written = true;
    } else {
      to.flush();
    }
  }

  /** Begins the closing handshake (RFC 6455 §7.1.2); the server ends the connection. */
  void close() {
    if (state == State.OPEN) {
      state = State.CLOSING;
      cancelKeepAlive();
      send(Frames.frame(Frames.CLOSE, new byte[] {NORMAL_CLOSURE >> 8, (byte) NORMAL_CLOSURE}, 0));
    }
  }

  // ---- the handshake

  @Override
  public void channelActive(ChannelHandlerContext active) {
    context = active;
    send(active.alloc().buffer().writeBytes(handshake.request()));
    long patience = swarm.load().patience().toMillis();
    deadline =
        active
            .executor()
            .schedule(
                () -> fail("no answer to the handshake within " + patience + " ms"),
                patience,
                TimeUnit.MILLISECONDS);
  }

  /** True if the answer has been read. */
  private boolean readHead(ByteBuf in) {
    int end = endOfHead(in);
    if (end < 0) {
      if (in.readableBytes() > MAX_HEAD) {
        fail("an answer to the handshake without an end");
      }
      return false;
    }
    String head = in.readCharSequence(end, StandardCharsets.ISO_8859_1).toString();
    in.skipBytes(4);
    String complaint = handshake.complaint(head);
    if (complaint != null) {
      fail(complaint);
      return false;
    }
    state = State.GREETING;
    dialect.begin(this);
    return true;
  }

  /** The dialect's greetings are over: messages may be sent. */
  void ready() {
    if (state != State.GREETING || context == null) {
      return;
    }
    cancelDeadline();
    state = State.OPEN;
    ByteBuf ping = dialect.keepAlive();
    if (ping != null) {
      keepAlive =
          context
              .executor()
              .scheduleAtFixedRate(
                  () -> send(ping.retainedDuplicate()),
                  KEEP_ALIVE_SECONDS,
                  KEEP_ALIVE_SECONDS,
                  TimeUnit.SECONDS);
    }
    swarm.opened();
    script.opened(this);
  }

  private static int endOfHead(ByteBuf in) {
    for (int i = in.readerIndex(); i + 4 <= in.writerIndex(); i++) {
      if (in.getInt(i) == 0x0d0a0d0a) {
        return i - in.readerIndex();
      }
    }
    return -1;
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  private void cancelKeepAlive() {
    if (keepAlive != null) {
      keepAlive.cancel(false);
      keepAlive = null;
    }
  }

  // ---- reading

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (partial != null) {
      in = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(from.alloc(), partial, in);
      partial = null;
    }
    reading = true;
    if (state != State.CONNECTING || readHead(in)) {
      readFrames(in);
    }
    if (in.isReadable() && state != State.OVER) {
      partial = in;
    } else {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    reading = false;
    if (written) {
      written = false;
      from.flush();
    }
  }

  private void readFrames(ByteBuf in) {
    while (in.readableBytes() >= 2 && state != State.OVER) {
      int at = in.readerIndex();
      int first = in.getUnsignedByte(at);
      int second = in.getUnsignedByte(at + 1);
      int extended = second == 126 ? 2 : second == 127 ? 8 : 0;
      if (in.readableBytes() < 2 + extended) {
        return;
      }
      long length =
          extended == 0 ? second : extended == 2 ? in.getUnsignedShort(at + 2) : in.getLong(at + 2);
      if ((first & 0x70) != 0 || second > 127 || length < 0 || length > Integer.MAX_VALUE - 64) {
        fail("a frame that breaks RFC 6455");
        return;
      }
      if (in.readableBytes() < 2 + extended + length) {
        return;
      }
      frame(first, in, at + 2 + extended, (int) length);
      in.readerIndex(at + 2 + extended + (int) length);
    }
  }

  private void frame(int first, ByteBuf in, int index, int length) {
    boolean last = first >= 0x80;
    switch (first & 0xf) {
      case Frames.TEXT, Frames.BINARY -> {
        text = (first & 0xf) == Frames.TEXT;
        if (last) {
          dialect.message(this, text, in, index, length);
        } else {
          collect(in, index, length);
        }
      }
      case Frames.CONTINUATION -> {
        CompositeByteBuf whole = collect(in, index, length);
        if (last) {
          dialect.message(this, text, whole, 0, whole.readableBytes());
          dropFragments();
        }
      }
      case Frames.PING -> send(Frames.frame(Frames.PONG, bytes(in, index, length), 0));
      case Frames.CLOSE -> closed(in, index, length);
      default -> {
        // A pong that nobody asked for (RFC 6455 §5.5.3).
      }
    }
  }

  private CompositeByteBuf collect(ByteBuf in, int index, int length) {
    if (fragments == null) {
      fragments = in.alloc().compositeBuffer(1024);
    }
    fragments.addComponent(true, in.retainedSlice(index, length));
    return fragments;
  }

  private void dropFragments() {
    if (fragments != null) {
      fragments.release();
      fragments = null;
    }
  }

  private void closed(ByteBuf in, int index, int length) {
    if (state == State.OPEN || state == State.GREETING) {
      send(Frames.frame(Frames.CLOSE, bytes(in, index, length), 0));
      fail(length < 2 ? "closed" : "closed with " + in.getUnsignedShort(index));
    }
  }

  private static byte[] bytes(ByteBuf in, int index, int length) {
    byte[] bytes = new byte[length];
    in.getBytes(index, bytes);
    return bytes;
  }

  // ---- the end

  /** The connection could not be made. */
  void refused(Throwable cause) {
    over("connect: " + cause.getMessage());
  }

  /** Ends the connection, which counts as failed or dropped for this reason. */
  void fail(String reason) {
    over(reason);
    if (context != null) {
      context.flush();
      context.close();
    }
  }

  private void over(String reason) {
    State was = state;
    state = State.OVER;
    cancelDeadline();
    cancelKeepAlive();
    switch (was) {
      case CONNECTING, GREETING -> swarm.failed(reason);
      case OPEN -> swarm.dropped(reason);
      case CLOSING -> swarm.closed();
      case OVER -> {}
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext gone) {
    over("the server closed the connection");
    if (partial != null) {
      partial.release();
      partial = null;
    }
    dropFragments();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    fail(String.valueOf(cause.getMessage()));
  }
}
