/**
 * The configuration of a node as immutable records, read from file, environment and flags. A leaf.
 */
@NullMarked
package dev.selvedge.config;

import org.jspecify.annotations.NullMarked;
