/**
 * The raw protocol: bare and JSON WebSocket messages, event streams and long-polls. The wire
 * contract is {@code docs/protocol.md}. Start at {@link dev.selvedge.protocol.raw.RawProtocol}; the
 * codecs are pure. Knows no function and no other node.
 */
@NullMarked
package dev.selvedge.protocol.raw;

import org.jspecify.annotations.NullMarked;
