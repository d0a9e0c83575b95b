package dev.turnbuckle.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every rule of docs/spec that is in force has a test that carries its number: {@code s07_…} tests S7. A rule whose line
 * says {@code (later)} is not in force.
 */
class RulesTest {
    private static final Pattern RULE =
            Pattern.compile("^- \\*\\*([A-Z])(\\d+)\\*\\*( \\(later\\))? ", Pattern.MULTILINE);
    private static final Pattern TEST = Pattern.compile("\\bvoid ([slqtjor])(\\d\\d)_\\w+\\(");

    /** Whether each is in force. */
    private static Map<String, Boolean> rules() {
        var rules = new TreeMap<String, Boolean>();
        for (Path page : Repository.files(Repository.file("docs/spec"), ".md")) {
            RULE.matcher(Repository.text(page)).results().forEach(r -> {
                String rule = r.group(1) + Integer.parseInt(r.group(2));
                assertThat(rules.put(rule, r.group(3) == null))
                        .as(rule + " stands twice")
                        .isNull();
            });
        }
        return rules;
    }

    /** Rules with a test in any module, the contract suites of the testkit included. */
    private static Set<String> tested() {
        return Repository.modules().stream()
                .flatMap(m -> Stream.of(m.resolve("src/test"), m.resolve("src/main/java/dev/turnbuckle/testkit")))
                .flatMap(folder -> Repository.files(folder, ".java").stream())
                .flatMap(file -> TEST.matcher(Repository.text(file)).results())
                .map(t -> t.group(1).toUpperCase(Locale.ROOT) + Integer.parseInt(t.group(2)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> inForce() {
        return rules().entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void everyRuleInForceHasATest() {
        assertThat(inForce()).isNotEmpty().isSubsetOf(tested());
    }

    @Test
    void noTestNamesARuleThatDoesNotExistOrIsNotInForce() {
        assertThat(tested()).isSubsetOf(inForce());
    }
}
