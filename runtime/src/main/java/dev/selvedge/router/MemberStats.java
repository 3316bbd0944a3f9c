package dev.selvedge.router;

/**
 * A member in numbers, on this node unless it says otherwise. The counters only grow while the
 * member is in the pool.
 *
 * @param reason why it is not up; empty if it is, or if the operator wants it so
 * @param weight the effective weight: the operator's, the agent's share and slow start together
 * @param tunnels open now, from the pick on
 * @param requests under way now
 * @param queued sticky clients that wait for this member
 * @param clusterLoad tunnels, requests and queued over all routers, estimated
 * @param picks clients that got this member
 * @param stickyHits of them: came back to it
 * @param stickyMisses clients whose tie led here and that had to go elsewhere
 * @param limitHits clients that found it at a limit
 * @param connects connections made to it
 * @param connectFailures connections that could not be made
 * @param connectNanos the sum of the times that the connects took
 * @param lastConnectNanos how long the last one took
 * @param handshakes WebSockets that it accepted
 * @param handshakeNanos the sum of the times from their requests to its 101
 * @param bytesIn from clients to the member
 * @param bytesOut from the member to clients
 */
public record MemberStats(
    MemberState state,
    String reason,
    double weight,
    int tunnels,
    int requests,
    int queued,
    long clusterLoad,
    long picks,
    long stickyHits,
    long stickyMisses,
    long limitHits,
    long connects,
    long connectFailures,
    long connectNanos,
    long lastConnectNanos,
    long handshakes,
    long handshakeNanos,
    long bytesIn,
    long bytesOut) {}
