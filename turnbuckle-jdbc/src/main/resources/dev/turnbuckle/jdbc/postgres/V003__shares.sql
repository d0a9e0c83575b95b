-- Turnbuckle, schema 3: whose share of the workers a session takes (Q18). Apply it with search_path set to the schema of
-- schema 1; who applies it by hand adds: UPDATE meta SET value = '3' WHERE name = 'schema';

ALTER TABLE session ADD COLUMN share text COLLATE "C";

CREATE INDEX session_share ON session (agent, share, due, id) WHERE due IS NOT NULL AND share IS NOT NULL;
