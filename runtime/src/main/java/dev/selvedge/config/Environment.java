package dev.selvedge.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The {@code SELVEDGE_…} variables of the environment. */
final class Environment {
  private static final String PREFIX = "SELVEDGE_";

  /** Those that are not about a node: the launcher's, the client commands', the tests'. */
  private static final Set<String> NOT_SETTINGS =
      Set.of(
          "SELVEDGE_BUILD",
          "SELVEDGE_CONFIG",
          "SELVEDGE_HOME",
          "SELVEDGE_JAVA_OPTS",
          "SELVEDGE_LOG",
          "SELVEDGE_NODE",
          "SELVEDGE_TEST_ALL");

  /** Kubernetes describes a service named {@code selvedge} or {@code selvedge-…} to each pod. */
  private static final Pattern SERVICE_NAME =
      Pattern.compile("SELVEDGE_(\\w+_)?(SERVICE_(HOST|PORT(_\\w+)?)|PORT_[0-9]+_(TCP|UDP)\\w*)");

  private static final Pattern SERVICE_URL = Pattern.compile("(tcp|udp)://.*");

  private final Map<String, String> variables;

  Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /** Puts what the variables say into {@code settings}; empty ones count as not set. */
  void readInto(Settings settings) {
    variables.forEach(
        (name, value) -> {
          if (isSetting(name, value)) {
            Keys.Key key = Keys.ofVariable(name).orElseThrow(() -> unknown(name, value));
            settings.set(key.name(), name, value);
          }
        });
  }

  private static boolean isSetting(String name, String value) {
    return name.startsWith(PREFIX)
        && !value.isEmpty()
        && !NOT_SETTINGS.contains(name)
        && !SERVICE_NAME.matcher(name).matches()
        && !SERVICE_URL.matcher(value).matches();
  }

  private static ConfigException unknown(String name, String value) {
    List<String> known =
        Keys.ALL.stream()
            .flatMap(key -> Stream.concat(Stream.of(key.variable()), key.shortVariable().stream()))
            .toList();
    var near = Nearest.to(name, known);
    boolean secret = near.flatMap(Keys::ofVariable).filter(Keys.Key::secret).isPresent();
    String expected =
        near.map(word -> "a known variable; did you mean " + word + "?")
            .orElse("a known variable; docs/configuration.md lists them");
    return new ConfigException(name, secret ? "(not shown)" : value, expected);
  }
}
