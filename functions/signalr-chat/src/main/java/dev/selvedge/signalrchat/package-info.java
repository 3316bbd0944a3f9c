/**
 * The chat example of SignalR as a function. Start at {@link dev.selvedge.signalrchat.SignalRChat}:
 * its methods are those of the original hubs.
 */
@NullMarked
package dev.selvedge.signalrchat;

import org.jspecify.annotations.NullMarked;
