package dev.turnbuckle.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "turnbuckle " + (version == null ? "0.1.0-SNAPSHOT" : version) + " (Java "
                    + Runtime.version().feature() + ")"
        };
    }
}
