/**
 * HTTP and the clients' sockets: listener, limits, exchanges, WebSockets. A socket's way: {@link
 * dev.selvedge.edge.EdgeServer} → {@code EdgeLane} → {@code HttpConnection} (requests become {@link
 * dev.selvedge.edge.Exchange}s; of HTTP/2, each stream is one, below {@code Http2ClientConnection})
 * → {@code WebSocketChannel} over {@code FrameReader}; deadlines are in {@code Wheel}. Knows no
 * session and no other node.
 */
@NullMarked
package dev.selvedge.edge;

import org.jspecify.annotations.NullMarked;
