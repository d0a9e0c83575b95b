package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The suites fed with broken storages: each is caught by tests of the rules that its breakage names, and by no others. */
class AntiTest {
    /** What the suites below run against; set for one run of them. */
    private static final Breakage NOTHING = Breakage.of("nothing", BrokenCommits.class);

    private static Breakage breaking = NOTHING;

    static class BrokenSessions extends SessionsContract {
        @Override
        protected StorageFixture fixture() {
            return new BrokenStorage(breaking);
        }
    }

    static class BrokenCommits extends CommitContract {
        @Override
        protected StorageFixture fixture() {
            return new BrokenStorage(breaking);
        }
    }

    static class BrokenHistory extends HistoryContract {
        @Override
        protected StorageFixture fixture() {
            return new BrokenStorage(breaking);
        }
    }

    static class BrokenCheckpoints extends CheckpointContract {
        @Override
        protected StorageFixture fixture() {
            return new BrokenStorage(breaking);
        }
    }

    static class BrokenLeases extends LeaseContract {
        @Override
        protected StorageFixture fixture() {
            return new BrokenStorage(breaking);
        }
    }

    static class BrokenInbox extends InboxContract {
        @Override
        protected StorageFixture fixture() {
            return new BrokenStorage(breaking);
        }
    }

    static class BrokenTurns extends TurnContract {
        @Override
        protected StorageFixture fixture() {
            return new BrokenStorage(breaking);
        }
    }

    static class BrokenJournal extends JournalContract {
        @Override
        protected StorageFixture fixture() {
            return new BrokenStorage(breaking);
        }
    }

    @ParameterizedTest
    @MethodSource({"none", "dev.turnbuckle.testkit.tck.Breakages#all"})
    void aBreakageIsCaughtByItsRuleAndByNothingElse(Breakage breakage) {
        breaking = breakage;
        try {
            assertThat(brokenRules(breakage.suite())).isEqualTo(new TreeSet<>(breakage.caughtBy()));
        } finally {
            breaking = NOTHING;
        }
    }

    /** Rules of which a test fails: {@code s07_…} is of S7. */
    static Set<String> brokenRules(Class<?> suite) {
        var broken = new TreeSet<String>();
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(suite))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                    String name = test.getDisplayName();
                    broken.add(name.substring(0, 1).toUpperCase(Locale.ROOT) + Integer.parseInt(name.substring(1, 3)));
                }
            }
        });
        return broken;
    }

    static Stream<Breakage> none() {
        return Stream.of(
                        BrokenSessions.class,
                        BrokenCommits.class,
                        BrokenHistory.class,
                        BrokenCheckpoints.class,
                        BrokenLeases.class,
                        BrokenInbox.class,
                        BrokenTurns.class,
                        BrokenJournal.class)
                .map(suite -> Breakage.of("nothing is broken: " + suite.getSimpleName(), suite));
    }
}
