package dev.selvedge.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.metrics.Metrics;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Route;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class OpenApiTest {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

  @Test
  void theDocumentAndTheRouterHaveTheSamePaths() throws Exception {
    assertEquals(routed(), documented());
  }

  private static Set<String> documented() throws IOException {
    try (InputStream in = AdminServer.class.getResourceAsStream("openapi.yaml")) {
      Map<?, ?> document = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      Set<String> found = new TreeSet<>();
      ((Map<?, ?>) document.get("paths"))
          .forEach(
              (path, operations) ->
                  ((Map<?, ?>) operations)
                      .keySet().stream()
                          .filter(METHODS::contains)
                          .forEach(method -> found.add(path + " " + method)));
      return found;
    }
  }

  private static Set<String> routed() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (Metrics metrics = new Metrics()) {
      var settings = new AdminServer.Settings("127.0.0.1", 0, () -> "t", Path.of("."));
      Set<String> found = new TreeSet<>();
      for (Route route :
          AdminRoutes.router(vertx, new FakeOperations(), metrics, settings).getRoutes()) {
        if (route.methods() != null) {
          String path = route.getPath().replaceAll(":([a-z]+)", "{$1}");
          route.methods().forEach(m -> found.add(path + " " + m.name().toLowerCase(Locale.ROOT)));
        }
      }
      return found;
    } finally {
      vertx.close().await(60, TimeUnit.SECONDS);
    }
  }
}
