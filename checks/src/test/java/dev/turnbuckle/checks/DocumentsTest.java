package dev.turnbuckle.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents say what the sources say. */
class DocumentsTest {
    private static final int README_LINES = 120;

    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^```java\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern REGION =
            Pattern.compile("^ *// docs:(\\w+)\\n(.*?)^ *// docs:end", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
    private static final Pattern FENCED = Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);

    @Test
    void everyJavaBlockIsARegionOfAnExampleThatCompiles() {
        Map<String, String> regions = regions();
        var unknown = new ArrayList<String>();
        for (Path document : Repository.documents()) {
            JAVA_BLOCK
                    .matcher(Repository.text(document))
                    .results()
                    .map(block -> block.group(1).strip())
                    .filter(block -> !regions.containsValue(block))
                    .forEach(block -> unknown.add(Repository.ROOT.relativize(document) + ": " + block));
        }
        assertThat(unknown)
                .as("not the text of any of the regions %s", regions.keySet())
                .isEmpty();
    }

    @Test
    void everyRegionHasANameOfItsOwn() {
        assertThat(regionsFound().map(r -> r.group(1))).doesNotHaveDuplicates().contains("hello");
    }

    private static Stream<MatchResult> regionsFound() {
        return Repository.files(Repository.file("examples/src"), ".java").stream()
                .flatMap(file -> REGION.matcher(Repository.text(file)).results());
    }

    private static Map<String, String> regions() {
        var regions = new TreeMap<String, String>();
        regionsFound()
                .forEach(r -> regions.put(
                        r.group(1), r.group(2).stripTrailing().stripIndent().strip()));
        return regions;
    }

    @Test
    void theReadmeIsReadInOneSitting() {
        assertThat(Repository.text(Repository.file("README.md")).lines().count())
                .isLessThanOrEqualTo(README_LINES);
    }

    @Test
    void everyLinkLeadsSomewhere() {
        var broken = new ArrayList<String>();
        for (Path document : Repository.documents()) {
            String prose = FENCED.matcher(Repository.text(document)).replaceAll("");
            LINK.matcher(prose)
                    .results()
                    .map(link -> link.group(1))
                    .filter(target -> !target.matches("[a-z]+:.*") && !resolves(document, target))
                    .forEach(target -> broken.add(Repository.ROOT.relativize(document) + " -> " + target));
        }
        assertThat(broken).isEmpty();
    }

    private static boolean resolves(Path document, String target) {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? document : document.getParent().resolve(parts[0]);
        return Files.exists(file) && (parts.length == 1 || anchors(file).contains(parts[1]));
    }

    private static List<String> anchors(Path file) {
        return HEADING.matcher(FENCED.matcher(Repository.text(file)).replaceAll(""))
                .results()
                .map(h -> h.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @Test
    void theGlossaryStaysSmall() {
        long terms = Repository.text(Repository.file("docs/GLOSSARY.md"))
                .lines()
                .filter(line -> line.startsWith("| **"))
                .count();
        assertThat(terms).isBetween(1L, 40L);
    }
}
