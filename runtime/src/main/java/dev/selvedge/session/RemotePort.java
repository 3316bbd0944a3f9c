package dev.selvedge.session;

import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.session.AttachmentWire.Place;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The port of a session whose client has come back on another lane or node, where a {@link
 * RemoteSession} is its counterpart. At most {@link #WINDOW} messages are under way to it. Confined
 * to the session's lane.
 */
final class RemotePort implements ClientPort {
  /** Messages that may be on their way to the client's lane before the session has to wait. */
  static final int WINDOW = 64;

  private final Lane out;
  private final NodeId node;
  private final Place place;
  private final Transport transport;

  /** The weights of the messages that are under way. */
  private final Deque<Integer> underWay = new ArrayDeque<>(4);

  private long bytes;

  /**
   * @param out the lane that everything goes out on
   */
  RemotePort(Lane out, NodeId node, Place place, Transport transport) {
    this.out = out;
    this.node = node;
    this.place = place;
    this.transport = transport;
  }

  boolean isAt(NodeId sender, Place there) {
    return node.equals(sender) && place.equals(there);
  }

  boolean isOn(NodeId other) {
    return node.equals(other);
  }

  /** So many messages have gone to the client's transport. */
  void taken(int count) {
    for (int i = 0; i < count && !underWay.isEmpty(); i++) {
      bytes -= underWay.removeFirst();
    }
  }

  private void tell(AttachmentWire what) {
    out.run(() -> out.send(node, what));
  }

  @Override
  public Transport transport() {
    return transport;
  }

  @Override
  public void send(Outbound message) {
    underWay.addLast(message.weight());
    bytes += message.weight();
    tell(new AttachmentWire.Pass(place, message));
  }

  @Override
  public boolean writable() {
    return underWay.size() < WINDOW;
  }

  @Override
  public long pendingBytes() {
    return bytes;
  }

  @Override
  public void close(CloseReason reason) {
    tell(new AttachmentWire.Close(place, reason));
  }

  @Override
  public void pauseReading() {
    tell(new AttachmentWire.Reading(place, false));
  }

  @Override
  public void resumeReading() {
    tell(new AttachmentWire.Reading(place, true));
  }
}
