package dev.turnbuckle.cli;

import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Maintenance.Finding;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** What {@code turnbuckle doctor} looks at, and how it says so. */
final class Doctor {
    private static final int SUBJECT = 20;

    private final Screen screen;
    private final boolean json;

    Doctor(Screen screen, boolean json) {
        this.screen = screen;
        this.json = json;
    }

    /**
     * @param named whether the user says that it is there
     * @return whether all is well
     */
    boolean look(Store store, boolean named) {
        var findings = new ArrayList<Finding>();
        findings.add(jdk());
        if (!named && store.isMissing()) {
            findings.add(new Finding(true, "database", "no " + store + " yet; name another with --db"));
        } else {
            findings.addAll(examine(store));
        }
        findings.forEach(this::show);
        boolean well = findings.stream().allMatch(Finding::ok);
        if (json) {
            screen.json(JsonMapper.shared()
                    .createObjectNode()
                    .put("type", "summary")
                    .put("ok", well));
        }
        return well;
    }

    private static Finding jdk() {
        return new Finding(
                true,
                "java",
                System.getProperty("java.version") + ", " + System.getProperty("java.vendor") + ", "
                        + System.getProperty("java.home"));
    }

    private static List<Finding> examine(Store store) {
        try (var storage = store.existing()) {
            storage.open(Environment.system());
            return storage.maintenance().examine();
        }
    }

    private void show(Finding finding) {
        if (json) {
            screen.json(JsonMapper.shared()
                    .createObjectNode()
                    .put("type", "finding")
                    .put("ok", finding.ok())
                    .put("subject", finding.subject())
                    .put("text", finding.text()));
            return;
        }
        String sign = finding.ok() ? screen.mark(Mark.GOOD, "ok ") : screen.mark(Mark.BAD, "BAD");
        screen.line(sign + "  " + Screen.pad(finding.subject(), SUBJECT) + Screen.safe(finding.text()));
    }
}
