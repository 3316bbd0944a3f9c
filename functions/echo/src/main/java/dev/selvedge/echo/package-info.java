/** The smallest function there is, and the one that is measured. */
@NullMarked
package dev.selvedge.echo;

import org.jspecify.annotations.NullMarked;
