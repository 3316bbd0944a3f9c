package dev.selvedge;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds the map of {@code docs/architecture.md}: who may import whom, and what is absent on
 * purpose.
 */
class ArchitectureTest {
  private static final String ROOT = "dev.selvedge.";

  /** What each package may import besides itself and the leaves. {@code function} is the API. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("cli", Set.of("node", "demo", "bench")),
          Map.entry("demo", Set.of()),
          Map.entry("bench", Set.of()),
          Map.entry(
              "node",
              Set.of(
                  "admin",
                  "deploy",
                  "protocol",
                  "host",
                  "session",
                  "edge",
                  "relay",
                  "health",
                  "router",
                  "fabric",
                  "store",
                  "function")),
          Map.entry("relay", Set.of("edge", "router")),
          Map.entry("health", Set.of("router")),
          Map.entry(
              "admin",
              Set.of("deploy", "host", "session", "health", "router", "fabric", "function")),
          Map.entry("deploy", Set.of("host", "session", "fabric", "store", "function")),
          Map.entry("protocol", Set.of("edge", "session", "fabric", "function")),
          Map.entry("host", Set.of("session", "fabric", "store", "function")),
          Map.entry("session", Set.of("fabric", "function")),
          Map.entry("edge", Set.of("function")),
          Map.entry("router", Set.of("fabric")),
          Map.entry("store", Set.of("fabric", "function")),
          Map.entry("fabric", Set.of()),
          Map.entry("function", Set.of()),
          Map.entry("config", Set.of("function")),
          Map.entry("metrics", Set.of("function")));

  /** Packages that any other may import; of ours they know only the API's words. */
  private static final Set<String> LEAVES = Set.of("config", "metrics");

  private static final List<String> SAMPLES = List.of("echo", "deli-counter", "chat");

  private static JavaClasses all;

  @BeforeAll
  static void readTheClasses() {
    all =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.selvedge");
    assertTrue(all.size() > 100, "classes found: " + all.size());
  }

  // ---- the arrows

  @Test
  void everyImportFollowsAnArrowOfTheMap() {
    Set<String> violations = new TreeSet<>();
    for (JavaClass from : all) {
      String source = area(from);
      Set<String> allowed = ARROWS.get(source);
      if (allowed == null) {
        violations.add("package " + from.getPackageName() + " is not on the map");
        continue;
      }
      from.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(target -> target.getPackageName().startsWith(ROOT))
          .map(ArchitectureTest::area)
          .filter(target -> !target.equals(source))
          .filter(target -> !allowed.contains(target) && !LEAVES.contains(target))
          .forEach(target -> violations.add(source + " -> " + target + " in " + from.getName()));
    }
    assertNone(violations, "imports against the arrows");
  }

  @Test
  void thePackagesHaveNoCycles() {
    slices()
        .matching("dev.selvedge.(**)")
        .should()
        .beFreeOfCycles()
        // The two halves of one seam: the API's spi speaks of the API's own types.
        .ignoreDependency(
            resideInAPackage("dev.selvedge.function.spi"),
            resideInAPackage("dev.selvedge.function"))
        .check(all);
  }

  // ---- what only some may know

  @Test
  void onlyFabricAndStoreKnowHazelcast() {
    noClasses()
        .that(not(resideInAPackage("dev.selvedge.fabric..")))
        .and(not(resideInAPackage("dev.selvedge.store..")))
        .should()
        .dependOnClassesThat(
            inAnyOf("com.hazelcast..", "io.vertx.spi.cluster.hazelcast..", "com.hazelcast"))
        .check(all);
  }

  /** Stores keep values there; the bridge to Socket.IO servers speaks their language over it. */
  @Test
  void onlyStoreAndTheBridgeToSocketIoServersKnowTheRedisClient() {
    noClasses()
        .that(not(resideInAPackage("dev.selvedge.store..")))
        .and(not(resideInAPackage("dev.selvedge.protocol.socketio.redis..")))
        .should()
        .dependOnClassesThat(inAnyOf("io.vertx.redis.."))
        .check(all);
  }

  @Test
  void sessionHostAndWhatIsBelowSeeNoHttp() {
    noClasses()
        .that(
            inAnyOf(
                "dev.selvedge.session..",
                "dev.selvedge.host..",
                "dev.selvedge.store..",
                "dev.selvedge.fabric..",
                "dev.selvedge.function.."))
        .should()
        .dependOnClassesThat(
            inAnyOf("io.vertx.core.http..", "io.vertx.ext.web..", "io.netty.handler.codec.http.."))
        .check(all);
  }

  @Test
  void theApiDependsOnVertxCoreAndTheJdkOnly() {
    classes()
        .that(resideInAPackage("dev.selvedge.function.."))
        .should()
        .onlyDependOnClassesThat(
            inAnyOf("dev.selvedge.function..", "io.vertx.core..", "java..", "org.jspecify.."))
        .check(all);
  }

  @Test
  void theSamplesDependOnTheApiAndVertxCoreOnly() {
    for (String sample : SAMPLES) {
      Path module = Path.of("..", "functions", sample);
      if (Files.notExists(module.resolve("src"))) continue;
      Path built = module.resolve("target/classes");
      assertTrue(Files.isDirectory(built), built + " is missing (expected: built before runtime)");
      JavaClasses classes = new ClassFileImporter().importPath(built);
      assertFalse(classes.isEmpty(), "no classes in " + built);
      String own = classes.iterator().next().getPackageName() + "..";

      classes()
          .should()
          .onlyDependOnClassesThat(
              inAnyOf(own, "dev.selvedge.function", "io.vertx.core..", "java..", "org.jspecify.."))
          .check(classes);
    }
  }

  // ---- what is absent on purpose

  @Test
  void codecsArePure() {
    DescribedPredicate<JavaClass> codec =
        DescribedPredicate.describe(
            "are codecs",
            c -> {
              JavaClass outer = c;
              while (outer.getEnclosingClass().isPresent()) {
                outer = outer.getEnclosingClass().get();
              }
              return outer.getSimpleName().endsWith("Codec");
            });
    noClasses()
        .that(codec)
        .should()
        .dependOnClassesThat(
            inAnyOf(
                    "java.io..",
                    "java.nio.file..",
                    "java.net..",
                    "org.slf4j..",
                    "java.util.logging")
                .and(not(worksInMemory()))
                .or(named("io.vertx.core.Vertx"))
                .or(named("io.vertx.core.Context"))
                .or(named("java.time.Clock"))
                .or(named("java.lang.System$Logger"))
                .or(named("java.lang.Thread"))
                .or(named("java.util.Random"))
                .or(named("java.security.SecureRandom")))
        .check(all);

    Set<String> violations = new TreeSet<>();
    all.stream()
        .filter(codec)
        .flatMap(c -> c.getAccessesFromSelf().stream())
        .filter(ArchitectureTest::readsTheClock)
        .forEach(access -> violations.add(access.getDescription()));
    assertNone(violations, "codecs that read a clock");
  }

  /** What parsers and generators are made of that read and write arrays. */
  private static DescribedPredicate<JavaClass> worksInMemory() {
    return named("java.io.IOException")
        .or(named("java.io.UncheckedIOException"))
        .or(named("java.io.OutputStream"))
        .or(named("java.io.ByteArrayOutputStream"));
  }

  private static boolean readsTheClock(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getTarget().getName();
    return name.equals("currentTimeMillis")
        || name.equals("nanoTime")
        || (owner.startsWith("java.time.") && name.equals("now"));
  }

  @Test
  void thereIsNoStaticMutableState() {
    Set<String> violations = new TreeSet<>();
    for (JavaClass c : all) {
      for (JavaField field : c.getFields()) {
        if (field.getModifiers().contains(JavaModifier.STATIC)
            && !field.getModifiers().contains(JavaModifier.SYNTHETIC)) {
          complaint(field).forEach(violations::add);
        }
      }
    }
    assertNone(violations, "static mutable state");
  }

  private static final Pattern MUTABLE =
      Pattern.compile(
          "java\\.util\\.concurrent\\..*(Map|Queue|Deque|Set|List|Atomic(?!\\w*FieldUpdater).*|Adder|Lock|Executor.*)"
              + "|java\\.util\\.(?!List|Map|Set|Collection)\\w*(Map|List|Deque|Queue|Set)"
              + "|java\\.lang\\.(ThreadLocal|StringBuilder|StringBuffer|Thread)"
              + "|java\\.security\\.SecureRandom|java\\.util\\.Random"
              + "|io\\.vertx\\.core\\.(Vertx|Context|Promise|buffer\\.Buffer|json\\.Json(Object|Array))"
              + "|io\\.netty\\.util\\.concurrent\\.FastThreadLocal");

  private static Stream<String> complaint(JavaField field) {
    if (!field.getModifiers().contains(JavaModifier.FINAL)) {
      return Stream.of(field.getFullName() + " is not final");
    }
    JavaClass type = field.getRawType();
    if (type.isArray()) { // a table of constants; out of reach of others if it is private
      return field.getModifiers().contains(JavaModifier.PRIVATE)
          ? Stream.empty()
          : Stream.of(field.getFullName() + " is an array that others can write");
    }
    if (MUTABLE.matcher(type.getName()).matches()) {
      return Stream.of(field.getFullName() + " is a " + type.getName());
    }
    return type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class)
        ? collectionComplaint(field)
        : Stream.empty();
  }

  /** Whether a collection is one that cannot be changed only its value can tell. */
  private static Stream<String> collectionComplaint(JavaField field) {
    try {
      Field reflected = field.getOwner().reflect().getDeclaredField(field.getName());
      reflected.setAccessible(true);
      String kind = reflected.get(null).getClass().getName();
      boolean fixed =
          kind.startsWith("java.util.ImmutableCollections$")
              || kind.startsWith("java.util.Collections$Unmodifiable")
              || kind.startsWith("java.util.Collections$Empty");
      return fixed ? Stream.empty() : Stream.of(field.getFullName() + " is a " + kind);
    } catch (ReflectiveOperationException e) {
      return Stream.of(field.getFullName() + " cannot be read: " + e);
    }
  }

  @Test
  void typesAreNamedByTheirRole() {
    Pattern vague = Pattern.compile(".*(Impl|Utils?|Helpers?|Managers?)");
    Set<String> violations = new TreeSet<>();
    for (JavaClass c : all) {
      if (vague.matcher(c.getSimpleName()).matches()) {
        violations.add(c.getName());
      }
    }
    assertNone(violations, "names that make us guess");
  }

  @Test
  void everyPackageSaysWhatItIsAndMarksItsNulls() {
    Set<String> violations = new TreeSet<>();
    for (JavaClass c : all) {
      JavaPackage p = c.getPackage();
      if (!p.isAnnotatedWith(NullMarked.class)) {
        violations.add(p.getName() + " has no package-info with @NullMarked");
      }
    }
    assertNone(violations, "packages without an introduction");
  }

  // ---- words for the rules above

  private static void assertNone(Set<String> violations, String what) {
    assertEquals("", String.join("\n", violations), violations.size() + " " + what);
  }

  /** The first part of a package's name below the root: {@code protocol} for protocol.raw. */
  private static String area(JavaClass c) {
    String below = c.getPackageName().substring(ROOT.length());
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }

  private static DescribedPredicate<JavaClass> inAnyOf(String... packages) {
    return com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(packages);
  }

  private static DescribedPredicate<JavaClass> named(String name) {
    return DescribedPredicate.describe("named " + name, c -> c.getName().equals(name));
  }
}
