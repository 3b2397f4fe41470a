-- Version 2: what the window keeps and shows, and what looks after itself.

-- What stopped a run, so that the window can lead to where that is mended.
ALTER TABLE runs ADD COLUMN cause INTEGER NOT NULL DEFAULT 0; -- as HubError counts; 0: none of these

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

-- Every definition that ever ran is kept, whoever changes the integration.
CREATE TRIGGER integration_made AFTER INSERT ON integrations BEGIN
  INSERT INTO versions (integration_id, version, definition) VALUES (new.id, new.version, new.definition);
END;

CREATE TRIGGER integration_changed AFTER UPDATE OF version ON integrations WHEN new.version <> old.version BEGIN
  INSERT INTO versions (integration_id, version, definition) VALUES (new.id, new.version, new.definition);
END;

-- Keys that were delivered under another key field tell nothing about this one.
CREATE TRIGGER key_field_changed AFTER UPDATE OF definition ON integrations
WHEN old.definition ->> '$.write.key' IS NOT new.definition ->> '$.write.key' BEGIN
  UPDATE identities SET key = NULL WHERE integration_id = new.id;
END;
