package dev.turnbuckle.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandTest {
    @Test
    void wordsAreForTheModel() {
        assertThat(Command.of("  What is it?\nTell me. ")).isEqualTo(new Command.Say("What is it?\nTell me."));
    }

    @Test
    void aSlashBeginsACommand() {
        assertThat(Command.of("/help")).isEqualTo(new Command.Help());
        assertThat(Command.of("/HELP ")).isEqualTo(new Command.Help());
        assertThat(Command.of("/sessions")).isEqualTo(new Command.Sessions(""));
        assertThat(Command.of("/sessions  chat-1")).isEqualTo(new Command.Sessions("chat-1"));
        assertThat(Command.of("/model a:b,c:d")).isEqualTo(new Command.Model("a:b,c:d"));
        assertThat(Command.of("/usage")).isEqualTo(new Command.Usage());
        assertThat(Command.of("/retry")).isEqualTo(new Command.Retry());
        assertThat(Command.of("/new")).isEqualTo(new Command.New());
        assertThat(Command.of("/quit")).isEqualTo(new Command.Quit());
    }

    @Test
    void aMisspeltCommandIsNotSentToTheModel() {
        assertThat(Command.of("/hlep me")).isEqualTo(new Command.Unknown("/hlep"));
    }

    @Test
    void aPathIsNoCommand() {
        assertThat(Command.of("/etc/hosts says what?")).isEqualTo(new Command.Say("/etc/hosts says what?"));
    }

    @Test
    void twoSlashesStandForOneThatIsMeant() {
        assertThat(Command.of("//help")).isEqualTo(new Command.Say("/help"));
    }

    @Test
    void nothingIsNothing() {
        assertThat(Command.of(" \n ")).isEqualTo(new Command.Nothing());
    }

    @Test
    void everyCommandThatHelpListsIsOne() {
        assertThat(Command.words())
                .hasSize(7)
                .allSatisfy(word -> assertThat(Command.of(word)).isNotInstanceOf(Command.Unknown.class));
    }
}
