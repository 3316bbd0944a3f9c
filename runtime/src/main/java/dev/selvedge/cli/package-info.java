/**
 * The command line. Start at {@link dev.selvedge.cli.Main}. It starts nodes, and talks to a running
 * node only through its admin API; the client commands load neither Vert.x nor Hazelcast.
 */
@NullMarked
package dev.selvedge.cli;

import org.jspecify.annotations.NullMarked;
