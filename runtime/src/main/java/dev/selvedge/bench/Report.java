package dev.selvedge.bench;

import java.util.List;
import java.util.Map;

/**
 * How a run went.
 *
 * @param figures by name, in order; a value is a number, a string, or such a map again
 * @param complaints what makes the figures worth little: connections that failed, replies that are
 *     missing. Empty if all went well
 */
public record Report(Map<String, Object> figures, List<String> complaints) {}
