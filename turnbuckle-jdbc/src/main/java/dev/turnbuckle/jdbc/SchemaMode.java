package dev.turnbuckle.jdbc;

/** What opening a storage does about its tables (S24). A schema newer than this program is refused in every mode. */
public enum SchemaMode {
    /** Makes them, and brings older ones forward, by the numbered scripts in the jar. */
    CREATE,
    /** Changes nothing, and refuses tables that are missing or of another version. */
    VALIDATE,
    /** Changes nothing and compares nothing: somebody else applies the scripts. */
    NONE
}
