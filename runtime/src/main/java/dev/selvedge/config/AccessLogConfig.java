package dev.selvedge.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code edge.access-log} in {@code selvedge.yaml}.
 *
 * @param on default false
 * @param file lines are added to it; empty: to the node's log
 */
public record AccessLogConfig(boolean on, Optional<Path> file) {
  public static final AccessLogConfig NONE = new AccessLogConfig(false, Optional.empty());
}
