-- Turnbuckle, schema 1 (SQLite). Instants are microseconds since 1970, hashes hexadecimal SHA-256, JSON is text.
-- Tables whose key is natural are clustered by it (WITHOUT ROWID). The runner writes the version into meta.

-- "Tbkl": tells a file of Turnbuckle from another program's
PRAGMA application_id = 1415736172;

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- deleted: 0 alive, 1 a tombstone whose rows are still to be reclaimed, 2 a tombstone and nothing else
CREATE TABLE session (
    id              TEXT PRIMARY KEY,
    agent           TEXT NOT NULL,
    revision        INTEGER NOT NULL,
    branch          INTEGER NOT NULL,
    depth           INTEGER NOT NULL,
    chain           TEXT NOT NULL,
    checkpoint      TEXT,
    open_turn       TEXT,
    first_user_text TEXT NOT NULL,
    user_messages   INTEGER NOT NULL,
    title           TEXT,
    parent          TEXT,
    cause           TEXT,
    directory       TEXT,
    model           TEXT,
    labels          TEXT NOT NULL,
    created         INTEGER NOT NULL,
    updated         INTEGER NOT NULL,
    due             INTEGER,
    deleted         INTEGER NOT NULL
) WITHOUT ROWID;

-- what workers look for
CREATE INDEX session_due ON session (agent, due) WHERE due IS NOT NULL;
-- lists, newest activity first
CREATE INDEX session_updated ON session (updated DESC, id) WHERE deleted = 0;
CREATE INDEX session_buried ON session (id) WHERE deleted = 1;

-- a line of entries; parent_branch 0 is a root. Its next depth follows from its last entry; next_depth is its least,
-- for entries that were removed from its end.
CREATE TABLE branch (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    session       TEXT NOT NULL,
    parent_branch INTEGER NOT NULL,
    parent_depth  INTEGER NOT NULL,
    next_depth    INTEGER NOT NULL
);

CREATE INDEX branch_session ON branch (session);
CREATE INDEX branch_parent ON branch (parent_branch) WHERE parent_branch > 0;

-- id = branch * 2^32 + depth: one integer, so that a branch's entries lie together in order and inner pages stay small
CREATE TABLE entry (
    id      INTEGER PRIMARY KEY,
    turn    TEXT NOT NULL,
    message TEXT NOT NULL,
    chain   TEXT NOT NULL
);

CREATE TABLE compaction (
    branch     INTEGER NOT NULL,
    depth      INTEGER NOT NULL,
    keeps_from INTEGER NOT NULL,
    PRIMARY KEY (branch, depth)
) WITHOUT ROWID;

-- ordinal is the order of opening. Rows are appended and soon ended, so the pages that turns write are few and shared.
CREATE TABLE turn (
    ordinal       INTEGER PRIMARY KEY,
    session       TEXT NOT NULL,
    id            TEXT NOT NULL,
    agent         TEXT NOT NULL,
    base_revision INTEGER NOT NULL,
    user_text     TEXT NOT NULL,
    state         TEXT NOT NULL,
    gate          TEXT NOT NULL,
    gate_by       TEXT,
    gate_reason   TEXT,
    attempts      INTEGER NOT NULL,
    opened        INTEGER NOT NULL,
    driven        INTEGER NOT NULL,
    not_before    INTEGER,
    ended         INTEGER,
    last_error    TEXT,
    intent        TEXT,
    outcome       TEXT,
    revision      INTEGER,
    record        TEXT,
    checkpoint    TEXT
);

CREATE UNIQUE INDEX turn_id ON turn (session, id);

CREATE TABLE inbox (
    sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
    session      TEXT NOT NULL,
    turn         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    delivery     TEXT NOT NULL,
    content      TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    idem_key     TEXT,
    context      TEXT NOT NULL,
    trace        TEXT,
    available    INTEGER NOT NULL,
    accepted     INTEGER NOT NULL,
    state        TEXT NOT NULL,
    finished     INTEGER NOT NULL,
    claimed_by   TEXT,
    generation   INTEGER NOT NULL,
    point        INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    error        TEXT
);

CREATE UNIQUE INDEX inbox_turn ON inbox (session, turn);
CREATE UNIQUE INDEX inbox_key ON inbox (session, idem_key) WHERE idem_key IS NOT NULL;
-- looking for work reads nothing that is finished; a claim does not touch it
CREATE INDEX inbox_open ON inbox (session, sequence) WHERE finished = 0;

-- one effect of an open turn; its rows go with the turn's commit
CREATE TABLE journal (
    session      TEXT NOT NULL,
    turn         TEXT NOT NULL,
    effect       TEXT NOT NULL,
    kind         TEXT NOT NULL,
    effect_class TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    request      TEXT NOT NULL,
    outcome      TEXT,
    attempts     INTEGER NOT NULL,
    started      INTEGER NOT NULL,
    ended        INTEGER,
    PRIMARY KEY (session, turn, effect)
) WITHOUT ROWID;

CREATE TABLE wait (
    id       TEXT PRIMARY KEY,
    session  TEXT NOT NULL,
    turn     TEXT NOT NULL,
    effect   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    question TEXT NOT NULL,
    details  TEXT NOT NULL,
    since    INTEGER NOT NULL,
    deadline INTEGER,
    decision TEXT
) WITHOUT ROWID;

CREATE INDEX wait_turn ON wait (session, turn);
CREATE INDEX wait_open ON wait (since, id) WHERE decision IS NULL;

-- expires 0: released; the row stays for its generation
CREATE TABLE lease (
    kind        TEXT NOT NULL,
    id          TEXT NOT NULL,
    worker      TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    token       TEXT NOT NULL,
    generation  INTEGER NOT NULL,
    acquired    INTEGER NOT NULL,
    expires     INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;

CREATE INDEX lease_live ON lease (kind, id) WHERE expires > 0;

-- has a rowid: large bytes do not belong into a clustered key's pages
CREATE TABLE blob (
    hash  TEXT PRIMARY KEY,
    codec TEXT NOT NULL,
    size  INTEGER NOT NULL,
    bytes BLOB NOT NULL
);

CREATE TABLE token_usage (
    session     TEXT NOT NULL,
    turn        TEXT NOT NULL,
    ordinal     INTEGER NOT NULL,
    source      TEXT NOT NULL,
    model       TEXT NOT NULL,
    input       INTEGER,
    cache_read  INTEGER,
    cache_write INTEGER,
    output      INTEGER,
    reasoning   INTEGER,
    PRIMARY KEY (session, turn, ordinal, source, model)
) WITHOUT ROWID;
