package dev.turnbuckle.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code turnbuckle completion}. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        header = "Print a script that completes this command in a shell.",
        description = {"", "An installed turnbuckle has them in place. Otherwise:", ""},
        footer = {
            "",
            "  source <(turnbuckle completion bash)        in ~/.bashrc",
            "  source <(turnbuckle completion zsh)         in ~/.zshrc, after compinit"
        })
final class CompletionCommand implements Callable<Integer> {
    /** The shells that there is a script for. */
    enum Shell {
        bash,
        zsh
    }

    private static final String NAME = "turnbuckle";

    private final Main main;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell = Shell.bash;

    CompletionCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() {
        CommandLine everything = Commands.named(main);
        everything.getSubcommands().values().stream()
                .filter(c -> c.getCommandSpec().usageMessage().hidden())
                .map(CommandLine::getCommandName)
                .toList()
                .forEach(everything.getCommandSpec()::removeSubcommand);
        String script = AutoComplete.bash(NAME, everything);
        main.screen()
                .line(
                        switch (shell) {
                            case bash -> script;
                            case zsh -> zsh(script);
                        });
        return 0;
    }

    /**
     * The same script for zsh, which reads it as one of bash's. Found in a folder of {@code fpath}, the file is the
     * function that completes: its first call defines the rest, and answers.
     */
    private static String zsh(String script) {
        return String.join(
                "\n",
                "#compdef " + NAME,
                "autoload -Uz bashcompinit && bashcompinit",
                "(( $+functions[compopt] )) || compopt() { :; }",
                script,
                "if [[ ${funcstack[1]:-} == _" + NAME + " ]]; then",
                "  _bash_complete -F _complete_" + NAME,
                "fi");
    }
}
