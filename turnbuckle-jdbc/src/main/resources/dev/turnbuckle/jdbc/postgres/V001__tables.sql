-- Turnbuckle, schema 1 (PostgreSQL 15 or newer). Instants are microseconds since 1970, hashes hexadecimal SHA-256, JSON is
-- text. Apply it with search_path set to the schema that Turnbuckle shall use; the runner writes the version into meta,
-- who applies it by hand adds: INSERT INTO meta (name, value) VALUES ('schema', '1');
-- Keys are compared byte by byte (COLLATE "C"), as on every other storage. The fill factors leave room for updates that
-- touch no index, which is most of them.

CREATE TABLE meta (
    name  text COLLATE "C" PRIMARY KEY,
    value text NOT NULL
);

-- deleted: 0 alive, 1 a tombstone whose rows are still to be reclaimed, 2 a tombstone and nothing else
CREATE TABLE session (
    id              text COLLATE "C" PRIMARY KEY,
    agent           text COLLATE "C" NOT NULL,
    revision        bigint NOT NULL,
    branch          bigint NOT NULL,
    depth           bigint NOT NULL,
    chain           text NOT NULL,
    checkpoint      text,
    open_turn       text COLLATE "C",
    first_user_text text NOT NULL,
    user_messages   bigint NOT NULL,
    title           text,
    parent          text COLLATE "C",
    cause           text,
    directory       text,
    model           text,
    labels          text NOT NULL,
    created         bigint NOT NULL,
    updated         bigint NOT NULL,
    due             bigint,
    deleted         bigint NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- what workers look for
CREATE INDEX session_due ON session (agent, due, id) WHERE due IS NOT NULL;
-- lists, newest activity first
CREATE INDEX session_updated ON session (updated DESC, id) WHERE deleted = 0;
CREATE INDEX session_buried ON session (id) WHERE deleted = 1;

-- a line of entries; parent_branch 0 is a root. Its next depth follows from its last entry; next_depth is its least,
-- for entries that were removed from its end.
CREATE SEQUENCE branch_id MAXVALUE 2147483647;

CREATE TABLE branch (
    id            bigint PRIMARY KEY,
    session       text COLLATE "C" NOT NULL,
    parent_branch bigint NOT NULL,
    parent_depth  bigint NOT NULL,
    next_depth    bigint NOT NULL
);

CREATE INDEX branch_session ON branch (session);
CREATE INDEX branch_parent ON branch (parent_branch) WHERE parent_branch > 0;

-- id = branch * 2^32 + depth: one integer, so that a branch's entries are a range
CREATE TABLE entry (
    id      bigint PRIMARY KEY,
    turn    text NOT NULL,
    message text NOT NULL,
    chain   text NOT NULL
);

CREATE TABLE compaction (
    branch     bigint NOT NULL,
    depth      bigint NOT NULL,
    keeps_from bigint NOT NULL,
    PRIMARY KEY (branch, depth)
);

-- ordinal is the order of opening
CREATE TABLE turn (
    ordinal       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session       text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    agent         text NOT NULL,
    base_revision bigint NOT NULL,
    user_text     text NOT NULL,
    state         text NOT NULL,
    gate          text NOT NULL,
    gate_by       text,
    gate_reason   text,
    attempts      bigint NOT NULL,
    opened        bigint NOT NULL,
    driven        bigint NOT NULL,
    not_before    bigint,
    ended         bigint,
    last_error    text,
    intent        text,
    outcome       text,
    revision      bigint,
    record        text,
    checkpoint    text,
    -- JSON array of deleted sessions that the commit's rows were addressed to (S4); null for none
    dropped       text
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX turn_id ON turn (session, id);
-- Always true, and only lists by order say so: as long as a table has no statistics, the planner takes the smaller of two
-- indexes for a look by id, and with this one it would read the whole session.
CREATE INDEX turn_order ON turn (session, ordinal) WHERE ordinal > 0;

CREATE SEQUENCE inbox_sequence;

CREATE TABLE inbox (
    sequence     bigint PRIMARY KEY,
    session      text COLLATE "C" NOT NULL,
    turn         text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    delivery     text NOT NULL,
    content      text NOT NULL,
    content_hash text NOT NULL,
    idem_key     text COLLATE "C",
    context      text NOT NULL,
    trace        text,
    available    bigint NOT NULL,
    accepted     bigint NOT NULL,
    state        text NOT NULL,
    finished     bigint NOT NULL,
    claimed_by   text COLLATE "C",
    generation   bigint NOT NULL,
    point        bigint NOT NULL,
    attempts     bigint NOT NULL,
    error        text
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

CREATE UNIQUE INDEX inbox_turn ON inbox (session, turn);
CREATE UNIQUE INDEX inbox_key ON inbox (session, idem_key) WHERE idem_key IS NOT NULL;
-- looking for work reads nothing that is finished; a claim touches neither
CREATE INDEX inbox_open ON inbox (session, sequence) WHERE finished = 0;
CREATE INDEX inbox_available ON inbox (session, available) WHERE finished = 0;

-- one effect of an open turn; its rows go with the turn's commit
CREATE TABLE journal (
    session      text COLLATE "C" NOT NULL,
    turn         text COLLATE "C" NOT NULL,
    effect       text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    effect_class text NOT NULL,
    request_hash text NOT NULL,
    request      text NOT NULL,
    outcome      text,
    attempts     bigint NOT NULL,
    started      bigint NOT NULL,
    ended        bigint,
    PRIMARY KEY (session, turn, effect)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE wait (
    id       text COLLATE "C" PRIMARY KEY,
    session  text COLLATE "C" NOT NULL,
    turn     text COLLATE "C" NOT NULL,
    effect   text COLLATE "C" NOT NULL,
    kind     text NOT NULL,
    question text NOT NULL,
    details  text NOT NULL,
    since    bigint NOT NULL,
    deadline bigint,
    decision text,
    -- who else is told (J16), and whether that was done
    escalates    bigint,
    escalates_to text COLLATE "C",
    escalated    bigint NOT NULL DEFAULT 0
);

CREATE INDEX wait_turn ON wait (session, turn);
CREATE INDEX wait_open ON wait (since, id) WHERE decision IS NULL;

-- expires 0: released; the row stays for its generation. No index but the key: renewals touch none.
CREATE TABLE lease (
    kind        text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    worker      text NOT NULL,
    incarnation text NOT NULL,
    token       text NOT NULL,
    generation  bigint NOT NULL,
    acquired    bigint NOT NULL,
    expires     bigint NOT NULL,
    PRIMARY KEY (kind, id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- what fits into a page stays in the row: most records of turns do, and are spared a second table and its index
CREATE TABLE blob (
    hash  text COLLATE "C" PRIMARY KEY,
    codec text NOT NULL,
    size  bigint NOT NULL,
    bytes bytea NOT NULL
) WITH (toast_tuple_target = 8160);
-- bytes are compressed, or not worth it, before they come here
ALTER TABLE blob ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE token_usage (
    session     text COLLATE "C" NOT NULL,
    turn        text COLLATE "C" NOT NULL,
    ordinal     bigint NOT NULL,
    source      text COLLATE "C" NOT NULL,
    model       text COLLATE "C" NOT NULL,
    input       bigint,
    cache_read  bigint,
    cache_write bigint,
    output      bigint,
    reasoning   bigint,
    PRIMARY KEY (session, turn, ordinal, source, model)
);
