-- Version 2: what the window keeps.

-- The integration that somebody is still editing: a crash must not lose it.
CREATE TABLE draft (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  text TEXT NOT NULL                     -- JSON as in the portable file, perhaps incomplete
) STRICT;

-- What the user wrote in place of a source value that was refused, for as long as the source still has that value.
CREATE TABLE corrections (
  integration_id INTEGER NOT NULL REFERENCES integrations ON DELETE CASCADE,
  source_key     TEXT NOT NULL,
  path           TEXT NOT NULL,          -- of the source field
  original       TEXT,                   -- what the source had
  value          TEXT,
  PRIMARY KEY (integration_id, source_key, path)
) STRICT, WITHOUT ROWID;

-- What was dismissed is not asked about again.
CREATE INDEX deliveries_dismissed ON deliveries (source_key) WHERE state = 'dismissed';
