package dev.turnbuckle.cli.chat;

import static dev.turnbuckle.cli.chat.Person.CTRL_C;
import static dev.turnbuckle.cli.chat.Person.CTRL_D;
import static dev.turnbuckle.cli.chat.Person.ENTER;
import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.fails;
import static dev.turnbuckle.testkit.ScriptedModel.raw;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.testkit.Step;
import dev.turnbuckle.tool.OnUnknown;
import dev.turnbuckle.tool.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChatTest {
    private static final Duration SLOW = Duration.ofMillis(150);

    record City(String city) {}

    @TempDir
    private Path folder;

    private Person.Setting setting(List<Tool> tools, Step... steps) {
        return new Person.Setting(folder.resolve("agents.db"), "s", ScriptedModel.of(steps), tools);
    }

    private static Tool weather() {
        return Tool.read("weather", "Weather", City.class, c -> "7 °C in " + c.city());
    }

    private static Tool pay(List<String> paid) {
        return Tool.once("pay", "Pays", City.class, c -> {
                    paid.add(c.city());
                    return "paid";
                })
                .needsApproval(City.class, c -> true);
    }

    @Test
    void aTurnStreamsWithItsToolsAndEnds() throws Exception {
        var setting = setting(List.of(weather()), calls("weather", new City("Oslo")), says("Take a coat."));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("session s").sees("you ▸ ").types("What to wear?" + ENTER);
            ann.sees("▸ weather        READ  city: Oslo").sees("✓ weather        7 °C in Oslo");
            ann.sees("Take a coat.").sees("you ▸ ").types(CTRL_D);

            assertThat(ann.status()).isZero();
            assertThat(ann.text()).contains("go on with: turnbuckle chat --session s");
        }
    }

    @Test
    void reasoningIsFaintAndNotWithoutColours() throws Exception {
        Step hm = raw(new Part.Reasoning("Hm.", null), new Part.Text("Yes."));
        var setting = setting(List.of(), hm, hm);
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Hi" + ENTER);
            ann.sees("thinks: Hm.");
            assertThat(ann.raw()).contains("\u001b[2m  thinks:");
        }
        try (Person ann = Person.atTerminal(setting, false)) {
            ann.sees("you ▸ ").types("Hi again" + ENTER);
            ann.sees("thinks: Hm.");
            assertThat(ann.raw()).doesNotContainPattern("\u001b\\[[0-9;]*m");
        }
    }

    @Test
    void whatIsTypedWhileATurnRunsSteersIt() throws Exception {
        var setting = setting(
                List.of(),
                says("one two three four five six seven eight nine ten").pausing(SLOW),
                says("Short: ten."));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Count" + ENTER);
            ann.sees("one two").types("make it");
            ann.sees("steer ▸ ").sees("make it").types(" short" + ENTER);
            ann.sees("the model reads: make it short").sees("Short: ten.").sees("you ▸ ");
        }
    }

    @Test
    void ctrlCStopsTheTurnAndTheChatGoesOn() throws Exception {
        var setting = setting(List.of(), says("one two three ".repeat(40)).pausing(SLOW), says("Fine."));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Count" + ENTER);
            ann.sees("one two").types(CTRL_C);
            ann.sees("cancelling").sees("✗ cancelled      stopped at the terminal, by ann");
            ann.sees("you ▸ ").types("And now?" + ENTER);
            ann.sees("Fine.").sees("you ▸ ");
        }
    }

    @Test
    void ctrlCTwiceLeavesWhileATurnRuns() throws Exception {
        var hangs = new CountDownLatch(1);
        Tool deaf = Tool.read("deaf", "Hears nothing", City.class, c -> {
            boolean waits = true;
            while (waits) {
                try {
                    hangs.await();
                    waits = false;
                } catch (InterruptedException e) {
                    // it honours no interrupt, which is the point
                }
            }
            return "";
        });
        try (Person ann = Person.atTerminal(setting(List.of(deaf), calls("deaf", new City("x"))), true)) {
            ann.sees("you ▸ ").types("Go" + ENTER);
            ann.sees("▸ deaf").types(CTRL_C);
            ann.sees("cancelling").types(CTRL_C);
            ann.sees("the turn goes on with: turnbuckle chat --session s");

            assertThat(ann.status()).isEqualTo(130);
        } finally {
            hangs.countDown();
        }
    }

    @Test
    void ctrlCTwiceLeavesWhereNothingRuns() throws Exception {
        try (Person ann = Person.atTerminal(setting(List.of(), says("Hi")), true)) {
            ann.sees("you ▸ ").types(CTRL_C);
            ann.sees("Ctrl-C again leaves").sees("you ▸ ").types(CTRL_C);

            assertThat(ann.status()).isZero();
        }
    }

    @Test
    void aCallThatAsksFirstRunsAfterAYes() throws Exception {
        var paid = new java.util.concurrent.CopyOnWriteArrayList<String>();
        var setting = setting(List.of(pay(paid)), calls("pay", new City("Oslo")), says("Done."));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Pay" + ENTER);
            ann.sees("? pay asks before it runs").sees("city       Oslo").sees("[y]es");
            assertThat(paid).isEmpty();
            ann.types("maybe" + ENTER);
            ann.sees("none of the answers").sees("? pay asks").types("y" + ENTER);
            ann.sees("approved by ann").sees("✓ pay            paid").sees("Done.");
            assertThat(paid).containsExactly("Oslo");
        }
    }

    @Test
    void aNoIsToldToTheModelWithItsReason() throws Exception {
        var paid = new java.util.concurrent.CopyOnWriteArrayList<String>();
        var model = ScriptedModel.of(calls("pay", new City("Oslo")), says("I did not."));
        var setting = new Person.Setting(folder.resolve("agents.db"), "s", model, List.of(pay(paid)));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Pay" + ENTER);
            ann.sees("? pay asks").types("n too dear" + ENTER);
            ann.sees("I did not.");
            assertThat(paid).isEmpty();
            assertThat(model.requests().getLast().messages().toString()).contains("too dear");
        }
    }

    @Test
    void editedArgumentsAreWhatRuns() throws Exception {
        var paid = new java.util.concurrent.CopyOnWriteArrayList<String>();
        var setting = setting(List.of(pay(paid)), calls("pay", "{\"city\":\"Oslo\"}"), says("Done."));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Pay" + ENTER);
            ann.sees("? pay asks").types("e" + ENTER);
            ann.sees("arguments ▸ ").sees("Oslo").types("\b\bo, Norway\"}" + ENTER);
            ann.sees("Done.");
            assertThat(paid).containsExactly("Osloo, Norway");
        }
    }

    @Test
    void aQuestionThatWaitsIsAskedAgainAtTheNextStart() throws Exception {
        var paid = new java.util.concurrent.CopyOnWriteArrayList<String>();
        var setting = setting(List.of(pay(paid)), calls("pay", new City("Oslo")), says("Done."));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Pay" + ENTER);
            ann.sees("? pay asks").types(CTRL_D);
            assertThat(ann.status()).isZero();
        }
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ Pay").sees("was open when the last program ended").sees("? pay asks");
            ann.types("y" + ENTER);
            ann.sees("Done.");
            assertThat(paid).containsExactly("Oslo");
        }
    }

    @Test
    void whoWritesOnInsteadOfDecidingIsNotKeptWaiting() throws Exception {
        var paid = new java.util.concurrent.CopyOnWriteArrayList<String>();
        var setting = setting(List.of(pay(paid)), calls("pay", new City("Oslo")), says("Not paid."), says("Hello."));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Pay" + ENTER);
            ann.sees("? pay asks").types("later" + ENTER);
            ann.sees("you ▸ ").types("Something else" + ENTER);
            ann.sees("superseded").sees("Not paid.").sees("Hello.");
            assertThat(paid).isEmpty();
        }
    }

    @Test
    void aQuestionThatSomebodyElseAnsweredIsNotAskedAgain() throws Exception {
        var paid = new java.util.concurrent.CopyOnWriteArrayList<String>();
        var setting = setting(List.of(pay(paid)), calls("pay", new City("Oslo")), says("Done."));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Pay" + ENTER);
            ann.sees("? pay asks");
            ann.somebodyElseApproves("bob");
            ann.sees("approved by bob").sees("Done.").types("n" + ENTER);
            ann.sees("bob was first").sees("you ▸ ").types("/quit" + ENTER);

            assertThat(ann.status()).isZero();
            assertThat(paid).containsExactly("Oslo");
        }
    }

    @Test
    void aTurnThatACrashCutOffIsShownAndFinished() throws Exception {
        var setting = setting(
                List.of(weather()),
                calls("weather", new City("Oslo")),
                says("one two three four five six").pausing(SLOW));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("What to wear?" + ENTER);
            ann.sees("7 °C in Oslo").sees("one two");
            ann.crashes();
        }
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ What to wear?").sees("was open when the last program ended; it goes on");
            ann.sees("one two three four five six").sees("you ▸ ");
        }
    }

    @Test
    void aPersonSaysWhatBecameOfACallThatACrashTook() throws Exception {
        var started = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        Tool charge = Tool.once("charge", "Charges", City.class, c -> {
                    started.countDown();
                    released.await();
                    return "charged";
                })
                .ifUnknown(OnUnknown.ASK_HUMAN);
        var setting = setting(List.of(charge), calls("charge", new City("Oslo")), says("All right."));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Charge" + ENTER);
            ann.sees("▸ charge");
            started.await();
            ann.crashes();
        }
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("? charge was started, and a crash took its outcome").sees("[d]one");
            ann.types("done receipt 17" + ENTER);
            ann.sees("✓ charge         [decided] receipt 17").sees("All right.");
        }
        released.countDown();
    }

    @Test
    void aFailureSaysHowToTryAgainAndRetryDoes() throws Exception {
        var setting = setting(List.of(), fails(ModelFailure.Kind.AUTH, "no valid key"), says("Hello."));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("Hi" + ENTER);
            ann.sees("✗ failed         model_auth")
                    .sees("no valid key")
                    .sees("/retry")
                    .sees("you ▸ ");
            ann.types("/retry" + ENTER);
            ann.sees("again: Hi").sees("Hello.");
        }
    }

    @Test
    void theChatsOwnCommandsAnswer() throws Exception {
        var setting = setting(List.of(), says("Hello.").usage(dev.turnbuckle.session.Usage.of(12, 4)));
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("/help" + ENTER);
            ann.sees("/sessions [ID]").sees("you ▸ ").types("/usage" + ENTER);
            ann.sees("no tokens were counted").sees("you ▸ ").types("/nonsense" + ENTER);
            ann.sees("/nonsense is no command").sees("you ▸ ").types("/model" + ENTER);
            ann.sees("scripted").sees("you ▸ ").types("/retry" + ENTER);
            ann.sees("nothing was sent").sees("you ▸ ").types("Hi" + ENTER);
            ann.sees("Hello.").sees("12 in, 4 out").sees("you ▸ ").types("/usage" + ENTER);
            ann.sees("12 in, 4 out").sees("you ▸ ").types("/sessions" + ENTER);
            ann.sees("▸ s ").sees("Hi").sees("you ▸ ").types("/new" + ENTER);
            ann.sees("session another").sees("you ▸ ").types("/sessions s" + ENTER);
            ann.sees("session s").sees("you ▸ Hi").sees("Hello.").sees("you ▸ ").types("/model other" + ENTER);
            ann.sees("now other").sees("you ▸ ").types("/quit" + ENTER);
            assertThat(ann.status()).isZero();
        }
    }

    @Test
    void aModelThatCannotBeIsToldWholeAndTheChatGoesOn() throws Exception {
        try (Person ann = Person.atTerminal(setting(List.of(), says("Hello.")), true)) {
            ann.sees("you ▸ ").types("/model wrong" + ENTER);
            ann.sees("no model is called wrong; call it right, which is what").sees("remedies are for");
            ann.sees("you ▸ ").types("Hi" + ENTER);
            ann.sees("Hello.").sees("you ▸ ");
        }
    }

    @Test
    void aBackslashAndAltEnterContinueALine() throws Exception {
        var model = ScriptedModel.of(says("Hello."));
        var setting = new Person.Setting(folder.resolve("agents.db"), "s", model, List.of());
        try (Person ann = Person.atTerminal(setting, true)) {
            ann.sees("you ▸ ").types("one\\" + ENTER + "two\u001b\rthree" + ENTER);
            ann.sees("Hello.");
            assertThat(model.requests().getFirst().messages().getFirst().text()).isEqualTo("one\ntwo\nthree");
        }
    }

    @Test
    void aDumbTerminalReadsAndShowsPlainLines() throws Exception {
        var paid = new java.util.concurrent.CopyOnWriteArrayList<String>();
        var setting = setting(List.of(pay(paid)), calls("pay", new City("Oslo")), says("Done."));
        try (Person ann = Person.atLines(setting, true)) {
            ann.sees("you ▸ ").types("Pay\n");
            ann.sees("? pay asks").sees("  ▸ ").types("y\n");
            ann.sees("✓ pay").sees("Done.").sees("you ▸ ").types("/quit\n");

            assertThat(ann.status()).isZero();
            assertThat(ann.raw()).doesNotContain("\u001b");
        }
    }

    @Test
    void aLineSteersOnADumbTerminalToo() throws Exception {
        var setting =
                setting(List.of(), says("one two three four five six seven").pausing(SLOW), says("Short."));
        try (Person ann = Person.atLines(setting, true)) {
            ann.sees("you ▸ ").types("Count\n");
            ann.sees("one two").types("shorter\n");
            ann.sees("the model reads: shorter").sees("Short.");
        }
    }

    @Test
    void linesOfAPipeAreAnsweredOneAfterTheOther() throws Exception {
        var setting = setting(List.of(), says("First.").pausing(SLOW), says("Second."));
        try (Person ann = Person.atLines(setting, false)) {
            ann.types("one\ntwo\n");
            ann.endOfInput();
            ann.sees("you ▸ one")
                    .sees("First.")
                    .sees("you ▸ two")
                    .sees("Second.")
                    .sees("go on with");

            assertThat(ann.status()).isZero();
            assertThat(ann.text()).doesNotContain("the model reads");
        }
    }

    @Test
    void anInputThatIsTooLongIsRefusedInOneLineAndTheChatGoesOn() throws IOException, InterruptedException {
        var setting = setting(List.of(), says("Hello."));
        try (Person ann = Person.atLines(setting, true)) {
            ann.sees("you ▸ ").types("x".repeat((1 << 20) + 10) + "\n");
            ann.sees("✗ ").sees("you ▸ ").types("Hi\n");
            ann.sees("Hello.");
        }
    }
}
