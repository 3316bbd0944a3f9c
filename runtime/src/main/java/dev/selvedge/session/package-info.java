/**
 * Sessions as their edge sees them: order, credit, binding to an instance, groups. Start at {@link
 * dev.selvedge.session.Sessions}. Sees no HTTP type and never learns how bytes travel.
 */
@NullMarked
package dev.selvedge.session;

import org.jspecify.annotations.NullMarked;
