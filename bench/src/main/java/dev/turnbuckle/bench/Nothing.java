package dev.turnbuckle.bench;

/** The least that a Java program can do. */
final class Nothing {
    static final String SAID = "nothing";

    private Nothing() {}

    public static void main(String[] args) {
        System.out.println(SAID);
    }
}
