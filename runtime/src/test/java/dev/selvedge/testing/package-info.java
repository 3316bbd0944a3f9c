/** What tests of several packages share: jars of functions, and waiting. */
@NullMarked
package dev.selvedge.testing;

import org.jspecify.annotations.NullMarked;
