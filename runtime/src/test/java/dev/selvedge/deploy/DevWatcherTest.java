package dev.selvedge.deploy;

import static dev.selvedge.deploy.TestNode.await;
import static dev.selvedge.deploy.TestNode.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevWatcherTest {
  private static final String ANSWER =
      "@Override protected Future<?> onCall(Call call) { return Future.succeededFuture(%s); }";

  @TempDir Path work;
  @TempDir Path data;
  private final List<String> events = new CopyOnWriteArrayList<>();
  private TestNode node;
  private DevWatcher watcher;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.local(data);
  }

  @AfterEach
  void stop() throws Exception {
    watcher.close();
    node.close();
  }

  private void watch(Path... roots) throws Exception {
    watcher =
        new DevWatcher(
            node.fabric.vertx(),
            node.deployments,
            List.of(roots),
            new DevWatcher.Listener() {
              @Override
              public void deployed(Path jar, DeployResult result) {
                events.add("deployed " + result.name() + "@" + result.version());
              }

              @Override
              public void failed(Path jar, Throwable error) {
                events.add("failed " + jar.getFileName() + ": " + error.getMessage());
              }
            });
    await(watcher.start());
  }

  private static void write(Path jar, String name, String answer) throws Exception {
    Path part = jar.resolveSibling("part");
    TestJars.function(name, ANSWER.formatted(answer)).writeTo(part);
    Files.move(part, jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void aJarIsDeployedAndAgainWhenItsContentChanges() throws Exception {
    Path jar = work.resolve("echo.jar");
    write(jar, "echo", "1");

    watch(jar);

    assertEquals(List.of("deployed echo@1"), events);
    assertEquals(1, node.call("echo", null));
    write(jar, "echo", "22");
    until("the new content is deployed", () -> events.contains("deployed echo@2"));
    assertEquals(22, node.call("echo", null));
  }

  @Test
  void anUnchangedContentIsNotDeployedAgain() throws Exception {
    Path jar = work.resolve("echo.jar");
    write(jar, "echo", "1");
    watch(jar);
    byte[] content = Files.readAllBytes(jar);

    Files.write(jar, content);
    Files.setLastModifiedTime(jar, java.nio.file.attribute.FileTime.fromMillis(1));
    write(work.resolve("other.jar"), "other", "1");
    watcher.close();
    watch(work);

    assertEquals(List.of("deployed echo@1", "deployed other@1"), events);
  }

  @Test
  void projectsAreFoundByTheirTargetAndDirectoriesByTheirJars() throws Exception {
    Path project = Files.createDirectories(work.resolve("one/target")).getParent();
    Path many = Files.createDirectories(work.resolve("many/inner/target"));
    Files.writeString(many.resolveSibling("pom.xml"), "<project/>");
    Path jars = Files.createDirectories(work.resolve("jars"));
    write(project.resolve("target/a.jar"), "a", "1");
    write(project.resolve("target/a-sources.jar"), "wrong", "1");
    write(many.resolve("b.jar"), "b", "1");
    write(jars.resolve("c.jar"), "c", "1");
    TestJars.empty().file("x", "no function").writeTo(jars.resolve("library.jar"));

    watch(project, work.resolve("many"), jars, work.resolve("later"));

    assertEquals(3, events.size(), events.toString());
    assertTrue(
        events.containsAll(List.of("deployed a@1", "deployed b@1", "deployed c@1")),
        events.toString());
  }

  @Test
  void aJarThatDoesNotStartIsReportedAndTheNextOneTaken() throws Exception {
    Path jar = work.resolve("echo.jar");
    write(jar, "echo", "1");
    watch(jar);
    Path part = work.resolve("part");
    TestJars.function("echo", "public Main() { throw new IllegalStateException(\"oops\"); }")
        .writeTo(part);
    Files.move(part, jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    until("the failure is told", () -> events.size() == 2);
    assertTrue(events.get(1).contains("oops"), events.get(1));

    write(jar, "echo", "333");

    until("the next is deployed", () -> events.contains("deployed echo@3"));
  }

  @Test
  void aJarThatAppearsLaterOrDisappears() throws Exception {
    Path target = work.resolve("target");
    watch(work);
    assertEquals(List.of(), events);

    Files.createDirectories(target);
    write(target.resolve("echo.jar"), "echo", "1");
    until("it is deployed", () -> events.contains("deployed echo@1"));
    Files.delete(target.resolve("echo.jar"));
    write(target.resolve("next.jar"), "next", "1");
    until("the watcher has looked again", () -> events.contains("deployed next@1"));

    assertEquals(Optional.of(1), node.view().currentVersion("echo"));
  }
}
