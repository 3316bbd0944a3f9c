/**
 * What must outlive a session: named stores of JSON values, in memory, in the cluster (Hazelcast)
 * or in Redis. Start at {@link dev.selvedge.store.Stores}; {@code JsonStore} checks and encodes,
 * the kinds behind it differ only in where the bytes are. Knows no session, function or HTTP.
 */
@NullMarked
package dev.selvedge.store;

import org.jspecify.annotations.NullMarked;
