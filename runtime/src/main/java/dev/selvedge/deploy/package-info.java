/**
 * Which code runs where: artifacts, the catalog (desired state), the reconciler of each node, and
 * rollouts. Start at {@link dev.selvedge.deploy.Deployments}; what the rest of a node needs to know
 * is {@link dev.selvedge.deploy.CatalogView}. Knows no session's protocol and no HTTP.
 */
@NullMarked
package dev.selvedge.deploy;

import org.jspecify.annotations.NullMarked;
