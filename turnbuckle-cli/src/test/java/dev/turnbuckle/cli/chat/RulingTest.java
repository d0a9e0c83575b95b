package dev.turnbuckle.cli.chat;

import static dev.turnbuckle.session.OpenWait.Kind.APPROVAL;
import static dev.turnbuckle.session.OpenWait.Kind.UNKNOWN_OUTCOME;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulingTest {
    @Test
    void anApprovalIsAnsweredYesNoEditOrLater() {
        assertThat(Ruling.of(APPROVAL, " y ")).isEqualTo(new Ruling.Approve());
        assertThat(Ruling.of(APPROVAL, "Yes")).isEqualTo(new Ruling.Approve());
        assertThat(Ruling.of(APPROVAL, "n")).isEqualTo(new Ruling.Reject(""));
        assertThat(Ruling.of(APPROVAL, "no, use the other file")).isEqualTo(new Ruling.Reject("use the other file"));
        assertThat(Ruling.of(APPROVAL, "e")).isEqualTo(new Ruling.Edit());
        assertThat(Ruling.of(APPROVAL, "later")).isEqualTo(new Ruling.Later());
    }

    @Test
    void anUnknownOutcomeIsAnsweredDoneNotDoneOrAgain() {
        assertThat(Ruling.of(UNKNOWN_OUTCOME, "d")).isEqualTo(new Ruling.Done(""));
        assertThat(Ruling.of(UNKNOWN_OUTCOME, "done receipt 17")).isEqualTo(new Ruling.Done("receipt 17"));
        assertThat(Ruling.of(UNKNOWN_OUTCOME, "n")).isEqualTo(new Ruling.NotDone());
        assertThat(Ruling.of(UNKNOWN_OUTCOME, "not done")).isEqualTo(new Ruling.NotDone());
        assertThat(Ruling.of(UNKNOWN_OUTCOME, "r")).isEqualTo(new Ruling.RunAgain());
        assertThat(Ruling.of(UNKNOWN_OUTCOME, "l")).isEqualTo(new Ruling.Later());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yo", "yes but with another name", "sure", "d", "run"})
    void whatCouldMeanSomethingElseApprovesNothing(String line) {
        assertThat(Ruling.of(APPROVAL, line)).isEqualTo(new Ruling.Unclear());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "y", "yes"})
    void aYesDoesNotSayWhatHappened(String line) {
        assertThat(Ruling.of(UNKNOWN_OUTCOME, line)).isEqualTo(new Ruling.Unclear());
    }
}
