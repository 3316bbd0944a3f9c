package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.testing.Eventually;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The admin API of one node, as an operator uses it. Blocks. */
final class Admin {
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(30))
          .build();
  private final String url;
  private final Supplier<String> token;

  Admin(int port, Supplier<String> token) {
    this.url = "http://127.0.0.1:" + port;
    this.token = token;
  }

  String url() {
    return url;
  }

  boolean isReady() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/readyz")).timeout(Duration.ofSeconds(30)).build();
    return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
  }

  /** What {@code /readyz} answers, ready or not. */
  JsonObject readiness() throws IOException, InterruptedException {
    return new JsonObject(send(request("/readyz").build()).body());
  }

  // Nodes.

  List<JsonObject> nodes() throws Exception {
    return items(get("/v1/nodes"));
  }

  /** A pool with the counts of its members over all nodes. */
  JsonObject pool(String name) throws Exception {
    return object(get("/v1/pools/" + name));
  }

  void addMember(String pool, String address) throws Exception {
    post("/v1/pools/" + pool + "/members", new JsonObject().put("address", address));
  }

  void changeMember(String pool, String address, String key, Object value) throws Exception {
    post("/v1/pools/" + pool + "/members/" + address, new JsonObject().put(key, value));
  }

  void removeMember(String pool, String address) throws Exception {
    exchange(request("/v1/pools/" + pool + "/members/" + address).DELETE().build(), 200);
  }

  JsonObject self() throws Exception {
    return nodes().stream().filter(node -> node.getBoolean("self")).findFirst().orElseThrow();
  }

  /** Waits until this node sees so many. */
  void awaitNodes(int count) throws Exception {
    Eventually.until(url + " sees " + count + " nodes", () -> nodes().size() == count);
  }

  void drain(String node) throws Exception {
    post("/v1/nodes/" + node + "/drain", new JsonObject());
  }

  // Functions.

  JsonObject deploy(Path jar) throws Exception {
    return deploy(jar, "");
  }

  /**
   * @param query {@code ?name=…&route=…}, or empty
   */
  JsonObject deploy(Path jar, String query) throws Exception {
    return object(
        exchange(request("/v1/functions" + query).PUT(BodyPublishers.ofFile(jar)).build(), 200));
  }

  List<JsonObject> functions() throws Exception {
    return items(get("/v1/functions"));
  }

  JsonObject function(String name) throws Exception {
    return object(get("/v1/functions/" + name));
  }

  void undeploy(String name) throws Exception {
    exchange(request("/v1/functions/" + name).DELETE().build(), 204);
  }

  JsonObject rollback(String name) throws Exception {
    return object(post("/v1/functions/" + name + "/rollback", new JsonObject()));
  }

  /** Calls a function; the answer is a JSON value. */
  Object call(String name, Object body) throws Exception {
    return Json.decodeValue(post("/v1/functions/" + name + "/call", body).body());
  }

  List<JsonObject> leaks() throws Exception {
    return items(get("/v1/leaks"));
  }

  // Sessions and groups.

  /** At most 1,000 sessions. */
  List<JsonObject> sessions(String function) throws Exception {
    return items(get("/v1/sessions?limit=1000&function=" + function));
  }

  void send(String session, String event, Object... args) throws Exception {
    post("/v1/sessions/" + session + "/messages", message(event, args));
  }

  /** As {@link #send}, to a session that may have ended. */
  void trySend(String session, String event, Object... args) throws Exception {
    String body = Json.encode(message(event, args));
    send(
        request("/v1/sessions/" + session + "/messages")
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  void publish(String group, String event, Object... args) throws Exception {
    post("/v1/groups/" + group + "/messages", message(event, args));
  }

  List<JsonObject> members(String group) throws Exception {
    return items(get("/v1/groups/" + group + "/members"));
  }

  private static JsonObject message(String event, Object... args) {
    return new JsonObject().put("event", event).put("args", new JsonArray(List.of(args)));
  }

  // HTTP.

  /** Any other request, whatever its answer; the token is there. */
  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, BodyHandlers.ofString());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(Eventually.PATIENCE)
        .header("authorization", "Bearer " + token.get());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return exchange(request(path).build(), 200);
  }

  private HttpResponse<String> post(String path, Object body) throws Exception {
    HttpRequest request =
        request(path)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(Json.encode(body)))
            .build();
    HttpResponse<String> response = send(request);
    assertEquals(2, response.statusCode() / 100, () -> request + ": " + response.body());
    return response;
  }

  private HttpResponse<String> exchange(HttpRequest request, int expected) throws Exception {
    HttpResponse<String> response = send(request);
    assertEquals(expected, response.statusCode(), () -> request + ": " + response.body());
    return response;
  }

  private static JsonObject object(HttpResponse<String> response) {
    return new JsonObject(response.body());
  }

  private static List<JsonObject> items(HttpResponse<String> response) {
    Stream<Object> items = object(response).getJsonArray("items").stream();
    return items.map(JsonObject.class::cast).toList();
  }
}
