/**
 * The REST API for operators, on its own port. Start at {@link dev.selvedge.admin.AdminServer};
 * what it asks of the node is {@link dev.selvedge.admin.Operations}.
 */
@NullMarked
package dev.selvedge.admin;

import org.jspecify.annotations.NullMarked;
