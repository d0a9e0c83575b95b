package dev.turnbuckle.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How the published modules hang together, as docs/ARCHITECTURE.md tells it. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = classes();

    private static JavaClasses classes() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.turnbuckle");
    }

    /** Core's packages; each uses only itself and those above it. The last one is the facade. */
    private static final List<String> ORDER = List.of(
            "dev.turnbuckle.error",
            "dev.turnbuckle.internal.codec",
            "dev.turnbuckle.session",
            "dev.turnbuckle.env",
            "dev.turnbuckle.tool",
            "dev.turnbuckle.model",
            "dev.turnbuckle.live",
            "dev.turnbuckle.store",
            "dev.turnbuckle.store.plan",
            "dev.turnbuckle.plugin",
            "dev.turnbuckle.agent",
            "dev.turnbuckle.memory",
            "dev.turnbuckle.internal.engine",
            "dev.turnbuckle.internal.worker",
            "dev.turnbuckle");

    /** Outside core: what runs on an {@code Environment} too. */
    private static final Set<String> ON_ENVIRONMENT = Set.of(
            "dev.turnbuckle.jdbc",
            "dev.turnbuckle.testkit",
            "dev.turnbuckle.testkit.simulation",
            "dev.turnbuckle.langchain4j");

    /** Outside core: modules of which hosts write the names. */
    private static final Set<String> PUBLISHED = Set.of("dev.turnbuckle.jdbc", "dev.turnbuckle.langchain4j");

    /** They are the environment: one of the system, one of a test. */
    private static final Predicate<JavaClass> ENVIRONMENTS =
            c -> c.getPackageName().equals("dev.turnbuckle.env")
                    || Set.of("TestEnvironment", "TestProcess", "Baton", "Runner", "Places")
                            .contains(topLevel(c).getSimpleName());

    private static final Set<String> FORBIDDEN_TYPES = Set.of(
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.util.concurrent.ThreadLocalRandom",
            "java.security.SecureRandom",
            "java.util.Timer",
            "java.util.concurrent.Executors",
            "java.util.concurrent.ForkJoinPool",
            "java.util.concurrent.locks.LockSupport");

    private static final Set<String> FORBIDDEN_CALLS = Set.of(
            "java.time.Instant.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone",
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID",
            "java.lang.Object.wait",
            "java.lang.Object.notify",
            "java.lang.Object.notifyAll");

    /** To hand an interrupt on is no use of threads. */
    private static final Set<String> ALLOWED_OF_THREAD =
            Set.of("currentThread", "interrupt", "interrupted", "isInterrupted");

    @Test
    void eachPackageOfCoreUsesOnlyThoseAboveIt() {
        assertThat(core().flatMap(ArchitectureTest::upward)).isEmpty();
    }

    /** What {@code c} uses of a package that stands below its own. */
    private static Stream<String> upward(JavaClass c) {
        int own = ORDER.indexOf(c.getPackageName());
        return c.getDirectDependenciesFromSelf().stream()
                .filter(d ->
                        ORDER.indexOf(d.getTargetClass().getBaseComponentType().getPackageName()) > own)
                .map(d -> d.getDescription());
    }

    @Test
    void everyPackageOfCoreHasItsPlaceInTheOrder() {
        assertThat(core().map(JavaClass::getPackageName)).isSubsetOf(ORDER);
    }

    @Test
    void nobodyInsideCoreKnowsTheFacade() {
        assertThat(core().filter(c -> !c.getPackageName().equals("dev.turnbuckle"))
                        .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
                        .filter(d -> d.getTargetClass()
                                .getBaseComponentType()
                                .getPackageName()
                                .equals("dev.turnbuckle"))
                        .map(d -> d.getDescription()))
                .isEmpty();
    }

    @Test
    void onlyEnvironmentsHaveClocksRandomNumbersAndThreads() {
        assertThat(Stream.concat(core(), CLASSES.stream().filter(c -> ON_ENVIRONMENT.contains(c.getPackageName())))
                        .filter(ENVIRONMENTS.negate())
                        .flatMap(c -> c.getAccessesFromSelf().stream())
                        .filter(access -> forbidden(access.getTarget()))
                        .map(JavaAccess::getDescription))
                .isEmpty();
    }

    private static boolean forbidden(AccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        return FORBIDDEN_TYPES.contains(owner)
                || FORBIDDEN_CALLS.contains(owner + "." + name)
                || (owner.startsWith("java.lang.Thread") && !ALLOWED_OF_THREAD.contains(name))
                || (owner.equals("java.util.concurrent.CompletableFuture") && name.endsWith("Async"));
    }

    /** A model of one's own can be written with what hosts see. */
    @Test
    void modelsOfVendorsUseOnlyTheApiOfCore() {
        assertThat(CLASSES.stream()
                        .filter(c -> c.getPackageName().equals("dev.turnbuckle.langchain4j"))
                        .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
                        .map(d -> d.getTargetClass().getBaseComponentType().getPackageName())
                        .filter(name -> name.startsWith("dev.turnbuckle"))
                        .distinct())
                .containsExactlyInAnyOrder(
                        "dev.turnbuckle.langchain4j",
                        "dev.turnbuckle.env",
                        "dev.turnbuckle.error",
                        "dev.turnbuckle.model",
                        "dev.turnbuckle.session",
                        "dev.turnbuckle.tool");
    }

    @Test
    void noForeignTypeIsPartOfTheApi() {
        assertThat(api().flatMap(ArchitectureTest::signatures)
                        .filter(s -> s.type().getAllInvolvedRawTypes().stream().anyMatch(ArchitectureTest::foreign))
                        .map(s -> s.member() + " shows " + s.type().getName()))
                .isEmpty();
    }

    private record Shown(String member, JavaType type) {}

    private static Stream<Shown> signatures(JavaClass c) {
        Stream<Shown> fields = c.getFields().stream()
                .filter(ArchitectureTest::visible)
                .map(f -> new Shown(f.getFullName(), f.getType()));
        Stream<Shown> codeUnits = c.getCodeUnits().stream()
                .filter(ArchitectureTest::visible)
                .flatMap(u -> Stream.concat(u.getParameterTypes().stream(), Stream.of(u.getReturnType()))
                        .map(t -> new Shown(u.getFullName(), t)));
        return Stream.concat(fields, codeUnits);
    }

    private static boolean visible(JavaMember member) {
        return (member instanceof JavaField || member instanceof JavaCodeUnit)
                && (member.getModifiers().contains(JavaModifier.PUBLIC)
                        || member.getModifiers().contains(JavaModifier.PROTECTED));
    }

    /** The JDK is not foreign; OpenTelemetry and models of LangChain4j, handed in by the host, and nullness are the exceptions. */
    private static boolean foreign(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        return !(name.isEmpty()
                || name.startsWith("java.")
                || name.equals("javax.sql")
                || name.startsWith("dev.turnbuckle")
                || name.startsWith("io.opentelemetry.api")
                || name.equals("dev.langchain4j.model.chat"));
    }

    /** Not a limit: target/public-types.txt is there to be read when it grows. */
    @Test
    void publicTypesAreListed() throws IOException {
        List<String> types = api().filter(
                        c -> c.isTopLevelClass() && !c.getSimpleName().equals("package-info"))
                .map(JavaClass::getName)
                .sorted()
                .toList();
        Path list = Path.of("target", "public-types.txt");
        Files.createDirectories(list.getParent());
        Files.writeString(list, types.size() + " public types\n" + String.join("\n", types) + "\n");
        assertThat(types).contains("dev.turnbuckle.Turnbuckle", "dev.turnbuckle.jdbc.SqliteStorage");
    }

    private static Stream<JavaClass> core() {
        return CLASSES.stream()
                .filter(c -> c.getSource()
                        .map(s -> s.getUri().toString().contains("turnbuckle-core"))
                        .orElse(false));
    }

    /** Public, in a public class all the way up, outside {@code internal}. */
    private static Stream<JavaClass> api() {
        return Stream.concat(core(), CLASSES.stream().filter(c -> PUBLISHED.contains(c.getPackageName())))
                .filter(c -> !c.getPackageName().startsWith("dev.turnbuckle.internal"))
                .filter(ArchitectureTest::isPublic);
    }

    private static boolean isPublic(JavaClass c) {
        return c.getModifiers().contains(JavaModifier.PUBLIC)
                && c.getEnclosingClass().map(ArchitectureTest::isPublic).orElse(true);
    }

    private static JavaClass topLevel(JavaClass c) {
        return c.getEnclosingClass().map(ArchitectureTest::topLevel).orElse(c);
    }
}
