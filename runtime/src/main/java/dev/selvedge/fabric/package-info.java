/**
 * What joins the nodes: membership, lanes (ordered reliable links), registers, requests. Start at
 * {@link dev.selvedge.fabric.Fabric}, which {@link dev.selvedge.fabric.Fabrics} opens. Knows no
 * session, function or HTTP.
 */
@NullMarked
package dev.selvedge.fabric;

import org.jspecify.annotations.NullMarked;
