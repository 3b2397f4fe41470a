-- Version 1. Times are unix milliseconds. Secrets are never in here: they live in the keyring, under the account's id.

CREATE TABLE accounts (
  id        TEXT PRIMARY KEY,            -- UUID
  connector TEXT NOT NULL,
  name      TEXT NOT NULL UNIQUE,
  options   TEXT NOT NULL,               -- JSON object
  label     TEXT,                        -- what the service calls it
  created   INTEGER NOT NULL
) STRICT;

CREATE TABLE integrations (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  version    INTEGER NOT NULL,           -- grows whenever the definition changes
  definition TEXT NOT NULL               -- JSON as in the portable file
) STRICT;

-- Every definition that ever ran: which rule made a value is asked long after the mapping has changed.
CREATE TABLE versions (
  integration_id INTEGER NOT NULL REFERENCES integrations ON DELETE CASCADE,
  version        INTEGER NOT NULL,
  definition     TEXT NOT NULL,
  PRIMARY KEY (integration_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id             INTEGER PRIMARY KEY,
  integration_id INTEGER NOT NULL REFERENCES integrations ON DELETE CASCADE,
  version        INTEGER NOT NULL,       -- of the mapping it ran with
  kind           TEXT NOT NULL,          -- run, retry, undo
  fresh          INTEGER NOT NULL DEFAULT 0, -- it made the destination's header, which an undo takes back too
  status         TEXT NOT NULL,          -- running, success, partial, failed, cancelled, needs-attention
  started        INTEGER NOT NULL,
  finished       INTEGER,
  read           INTEGER NOT NULL DEFAULT 0,
  created        INTEGER NOT NULL DEFAULT 0,
  updated        INTEGER NOT NULL DEFAULT 0,
  unchanged      INTEGER NOT NULL DEFAULT 0,
  filtered       INTEGER NOT NULL DEFAULT 0,
  rejected       INTEGER NOT NULL DEFAULT 0,
  message        TEXT
) STRICT;
CREATE INDEX runs_by_integration ON runs (integration_id, id);

-- One destination record that a run wrote, or could not write. Rows of a run are nearly always neighbours.
CREATE TABLE deliveries (
  id             INTEGER PRIMARY KEY,
  run_id         INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  source_key     TEXT,
  key            TEXT,                   -- the destination key's value
  destination_id TEXT,                   -- a row, an id: where it went
  operation      TEXT NOT NULL,          -- create, update, reject
  before         TEXT,                   -- JSON {field: value} of what an update replaces
  sent           TEXT,                   -- JSON {field: value}
  state          TEXT NOT NULL,          -- sent, confirmed, rejected, unknown, retried, undone, undo-conflict
  http_status    INTEGER,
  field          TEXT,                   -- at fault, for a reject
  error          TEXT,
  record         TEXT,                   -- the source record of a reject, JSON
  time           INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_by_run ON deliveries (run_id);
CREATE INDEX deliveries_in_doubt ON deliveries (source_key) WHERE state = 'sent';
CREATE INDEX deliveries_rejected ON deliveries (source_key) WHERE state = 'rejected';

-- Which destination record each source record is: what makes "never twice" hold.
CREATE TABLE identities (
  integration_id INTEGER NOT NULL REFERENCES integrations ON DELETE CASCADE,
  source_key     TEXT NOT NULL,
  key            TEXT,
  PRIMARY KEY (integration_id, source_key)
) STRICT, WITHOUT ROWID;

-- How far each integration has read its source: saved only when all before it is confirmed or rejected.
CREATE TABLE cursors (
  integration_id INTEGER PRIMARY KEY REFERENCES integrations ON DELETE CASCADE,
  version        INTEGER NOT NULL,       -- of the mapping: another one reads everything again
  cursor         TEXT NOT NULL           -- the connector's own
) STRICT;

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
