/**
 * The function's side of sessions: instances, their mailboxes, and the objects that function code
 * sees. Start at {@link dev.selvedge.host.InstanceHost}. Knows no class loader and no artifact.
 */
@NullMarked
package dev.selvedge.host;

import org.jspecify.annotations.NullMarked;
