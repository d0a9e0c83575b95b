-- Turnbuckle, schema 3 (SQLite): whose share of the workers a session takes (Q18).

ALTER TABLE session ADD COLUMN share TEXT;

CREATE INDEX session_share ON session (agent, share, due, id) WHERE due IS NOT NULL AND share IS NOT NULL;
