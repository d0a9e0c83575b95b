-- Turnbuckle, schema 2 (SQLite): who else is told when nobody decides a wait, and what a commit sent in vain.

-- when, to whom (J16), and whether that was done
ALTER TABLE wait ADD COLUMN escalates INTEGER;
ALTER TABLE wait ADD COLUMN escalates_to TEXT;
ALTER TABLE wait ADD COLUMN escalated INTEGER NOT NULL DEFAULT 0;

-- JSON array of deleted sessions that the commit's rows were addressed to (S4); null for none
ALTER TABLE turn ADD COLUMN dropped TEXT;
