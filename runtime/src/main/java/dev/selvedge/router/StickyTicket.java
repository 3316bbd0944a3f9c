package dev.selvedge.router;

/**
 * What a sticky cookie says.
 *
 * @param keyId of the key that signed it
 * @param memberId opaque; see {@link StickyKey#memberId}
 * @param issued when the client came to the member, in seconds of the epoch
 * @param seen when the cookie was written, likewise
 */
record StickyTicket(String keyId, String memberId, long issued, long seen) {}
