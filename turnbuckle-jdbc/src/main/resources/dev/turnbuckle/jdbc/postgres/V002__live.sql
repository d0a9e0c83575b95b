-- Turnbuckle, schema 2: the recent events of each session, for observers on any node. Unlogged: a hint that a crash of the
-- server may take, and a backup need not hold. Apply it with search_path set to the schema of schema 1; who applies it by
-- hand adds: UPDATE meta SET value = '2' WHERE name = 'schema';

-- One life of the buffer: its row goes with the other rows when the server crashes. high is above every position that a
-- header which is gone ever gave.
CREATE UNLOGGED TABLE live_life (
    one  bigint PRIMARY KEY CHECK (one = 1),
    id   text NOT NULL,
    high bigint NOT NULL
);

-- first: positions of this header are above it. lost: a reader below it missed something that is nowhere. size: of all
-- events that were ever stored. generation: of the newest drive that showed something. open_at: position of the first
-- event of the open turn; open: its items without their texts, null when no turn is open; maimed: some of their text is
-- lost.
CREATE UNLOGGED TABLE live_header (
    session    text COLLATE "C" PRIMARY KEY,
    first      bigint NOT NULL,
    tail       bigint NOT NULL,
    lost       bigint NOT NULL,
    size       bigint NOT NULL,
    revision   bigint NOT NULL,
    generation bigint NOT NULL,
    open_at    bigint NOT NULL,
    open       text,
    maimed     bigint NOT NULL,
    ended      bigint NOT NULL,
    used       bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- before: size of all events before this one
CREATE UNLOGGED TABLE live_event (
    session  text COLLATE "C" NOT NULL,
    place    bigint NOT NULL,
    revision bigint NOT NULL,
    shown    bigint NOT NULL,
    before   bigint NOT NULL,
    activity text NOT NULL,
    PRIMARY KEY (session, place)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

-- what is too old goes
CREATE INDEX live_event_shown ON live_event (shown);
