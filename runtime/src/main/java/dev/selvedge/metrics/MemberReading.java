package dev.selvedge.metrics;

/**
 * A member of a pool at the time of a scrape, as this node sees it.
 *
 * @param state such as {@code up} or {@code down}
 * @param weight the effective one
 * @param tunnels open now
 * @param requests under way now
 * @param queued clients that wait for it
 * @param connectSeconds the sum of the times of all connects
 * @param handshakes WebSockets that it accepted
 * @param handshakeSeconds the sum of the times from their requests to its 101
 * @param bytesIn from clients to the member
 * @param bytesOut from the member to clients
 */
public record MemberReading(
    String pool,
    String member,
    String state,
    double weight,
    long tunnels,
    long requests,
    long queued,
    long picks,
    long stickyHits,
    long stickyMisses,
    long limitHits,
    long connects,
    long connectFailures,
    double connectSeconds,
    long handshakes,
    double handshakeSeconds,
    long bytesIn,
    long bytesOut) {}
