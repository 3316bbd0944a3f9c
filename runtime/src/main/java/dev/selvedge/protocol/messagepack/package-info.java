/**
 * MessagePack (msgpack spec.md): values of the function API as bytes and back. Start at {@link
 * dev.selvedge.protocol.messagepack.MessagePackReader}. Knows no protocol.
 */
@NullMarked
package dev.selvedge.protocol.messagepack;

import org.jspecify.annotations.NullMarked;
