package dev.selvedge.metrics;

/**
 * A pool at the time of a scrape, as this node sees it.
 *
 * @param waiting clients that wait for any of its members
 */
public record PoolReading(String pool, long waiting) {}
