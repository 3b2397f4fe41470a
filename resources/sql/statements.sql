/* The store's longer statements: hub_database_query() and its like know each by the name in the line above it.
 * What they call by number and in which order is bound, their callers say. */

-- add-account
INSERT INTO accounts (id, connector, name, options, label, created) VALUES (?, ?, ?, ?, ?, ?)
-- list-accounts
SELECT id, connector, name, label, created, options FROM accounts WHERE ?1 IS NULL OR name = ?1 ORDER BY name
-- list-integrations
SELECT id, name, version, definition FROM integrations WHERE ?1 IS NULL OR name = ?1 ORDER BY name
-- account-user
SELECT name FROM integrations WHERE ?1 IN (definition ->> '$.source.account', definition ->> '$.destination.account')
ORDER BY name LIMIT 1
-- list-accounts-for-people
SELECT name, connector, label, options ->> '$.base_url' AS base_url,
  strftime ('%Y-%m-%dT%H:%M:%SZ', created / 1000, 'unixepoch') AS created FROM accounts ORDER BY name
-- name-accounts
/* ?1 how a name is written: “%s” */
SELECT group_concat (printf (?1, name), ', ') FROM (SELECT name FROM accounts ORDER BY name)
-- name-integrations
SELECT group_concat (printf (?1, name), ', ') FROM (SELECT name FROM integrations ORDER BY name)
-- put-integration
/* A new version only where a run would read or write something else: what was read under one counts for the other. */
INSERT INTO integrations (name, version, definition) VALUES (?1, 1, ?2) ON CONFLICT (name) DO UPDATE SET definition = ?2,
  version = version + EXISTS (SELECT 1 FROM json_each ('["source", "destination", "write", "filter", "mapping"]') part
                              WHERE definition -> part.value IS NOT ?2 -> part.value)
-- enable-integration
UPDATE integrations SET definition = json_set (definition, '$.enabled', json (?2)) WHERE name = ?1
-- copy-integration
INSERT INTO integrations (name, version, definition)
SELECT ?1, 1, json_set (?2, '$.name', ?1, '$.enabled', json ('false'))
-- list-integrations-for-people
SELECT i.name, ifnull (i.definition ->> '$.enabled', 1) AS enabled, i.definition -> '$.source' AS "source:json",
  i.definition -> '$.destination' AS "destination:json", r.status, r.id AS run,
  strftime ('%Y-%m-%dT%H:%M:%SZ', r.started / 1000, 'unixepoch') AS started, r.message
FROM integrations i LEFT JOIN runs r ON r.id = (SELECT max (id) FROM runs WHERE integration_id = i.id) ORDER BY i.name
-- interrupt-runs
UPDATE runs SET status = 'failed', finished = ?, message = ? WHERE integration_id = ? AND status = 'running'
-- begin-run
INSERT INTO runs (integration_id, version, kind, status, started) VALUES (?, ?, ?, 'running', ?)
-- end-run
UPDATE runs SET status = ?, finished = ?, read = ?, created = ?, updated = ?, unchanged = ?, filtered = ?, rejected = ?, message = ?,
  cause = ? WHERE id = ?
-- list-runs
SELECT r.id, i.name, r.status, r.started, r.finished, r.read, r.created, r.updated, r.unchanged, r.filtered, r.rejected, r.message,
  r.kind, r.fresh, r.cause FROM runs r JOIN integrations i ON i.id = r.integration_id
WHERE ?1 IS NULL OR i.name = ?1 ORDER BY r.id DESC LIMIT ?2
-- list-last-runs
SELECT r.id, i.name, r.status, r.started, r.finished, r.read, r.created, r.updated, r.unchanged, r.filtered, r.rejected, r.message,
  r.kind, r.fresh, r.cause FROM runs r JOIN integrations i ON i.id = r.integration_id
WHERE r.id = (SELECT max (id) FROM runs WHERE integration_id = i.id) ORDER BY i.name
-- get-run
SELECT r.id, i.name, r.status, r.started, r.finished, r.read, r.created, r.updated, r.unchanged, r.filtered, r.rejected, r.message,
  r.kind, r.fresh, r.cause FROM runs r JOIN integrations i ON i.id = r.integration_id
WHERE r.id = ?
-- set-cursor
INSERT INTO cursors (integration_id, version, cursor) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET version = ?2, cursor = ?3
-- send
INSERT INTO deliveries (run_id, source_key, key, destination_id, operation, before, sent, state, time)
VALUES (?, ?, ?, ?, ?, ?, ?, 'sent', ?)
-- reject
/* The state of a reject of source record ?1 of integration ?2, for the reason ?3 and with the record ?4: what was dismissed stays so for
 * as long as the same is wrong with the same. */
INSERT INTO deliveries (run_id, source_key, key, operation, state, field, error, record, time)
VALUES (?5, ?1, ?6, 'reject', iif (EXISTS (SELECT 1 FROM deliveries d JOIN runs r ON r.id = d.run_id WHERE d.state = 'dismissed'
  AND d.source_key = ?1 AND r.integration_id = ?2 AND d.error = ?3 AND d.record = ?4), 'dismissed', 'rejected'), ?7, ?3, ?4, ?8)
-- reject-sent
UPDATE deliveries SET state = iif (EXISTS (SELECT 1 FROM deliveries d JOIN runs r ON r.id = d.run_id WHERE d.state = 'dismissed'
  AND d.source_key = ?1 AND r.integration_id = ?2 AND d.error = ?3 AND d.record = ?4), 'dismissed', 'rejected'),
  http_status = ?5, field = ?6, error = ?3, record = ?4 WHERE id = ?7
-- confirm
UPDATE deliveries SET state = 'confirmed', destination_id = ?, http_status = ? WHERE id = ?
-- remember
INSERT INTO identities (integration_id, source_key, key) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET key = excluded.key
-- remember-all
INSERT INTO identities (integration_id, source_key, key)
SELECT r.integration_id, d.source_key, d.key FROM deliveries d JOIN runs r ON r.id = d.run_id
WHERE d.run_id = ? AND d.state = 'sent' AND d.source_key IS NOT NULL ON CONFLICT DO UPDATE SET key = excluded.key
-- confirm-all
UPDATE deliveries SET state = 'confirmed' WHERE run_id = ? AND state = 'sent'
-- get-key
SELECT max (ifnull (key, '')) FROM identities WHERE integration_id = ? AND source_key = ?
-- list-sent
/* Here and below the state stands in the text: only then does SQLite use the index of the few rows that are in it. */
SELECT source_key FROM deliveries WHERE state = 'sent' AND source_key IS NOT NULL AND +run_id IN (SELECT id FROM runs WHERE integration_id = ?)
-- list-rejected
SELECT source_key FROM deliveries WHERE state = 'rejected' AND source_key IS NOT NULL AND +run_id IN (SELECT id FROM runs WHERE integration_id = ?)
-- settle-sent
UPDATE deliveries SET state = ?1 WHERE state = 'sent' AND source_key = ?2 AND +run_id < ?3 AND +run_id IN (SELECT id FROM runs WHERE integration_id = ?4)
-- settle-rejected
UPDATE deliveries SET state = ?1 WHERE state = 'rejected' AND source_key = ?2 AND +run_id < ?3 AND +run_id IN (SELECT id FROM runs WHERE integration_id = ?4)
-- close-rejects
UPDATE deliveries SET state = 'retried' WHERE state = 'rejected' AND +run_id < ? AND +run_id IN (SELECT id FROM runs WHERE integration_id = ?)
-- dismiss
UPDATE deliveries SET state = 'dismissed' WHERE id = ? AND state IN ('rejected', 'dismissed') RETURNING id
-- correct
INSERT INTO corrections (integration_id, source_key, path, original, value)
SELECT integration_id, ?2, ?3, ?4, ?5 FROM runs WHERE id = ?1
ON CONFLICT DO UPDATE SET original = ?4, value = ?5
-- list-corrections
SELECT json_group_object (source_key, json (paths)) FROM (
  SELECT source_key, json_group_object (path, json_array (original, value)) AS paths FROM corrections
  WHERE integration_id = ? GROUP BY source_key)
-- list-rejects
SELECT d.id AS reject, d.run_id AS run, i.name AS integration, ifnull (d.key, d.source_key) AS key, d.source_key, d.field,
  d.error AS reason, strftime ('%Y-%m-%dT%H:%M:%SZ', d.time / 1000, 'unixepoch') AS time, d.record AS "record:json"
FROM deliveries d JOIN runs r ON r.id = d.run_id JOIN integrations i ON i.id = r.integration_id
WHERE i.name = ? AND d.state = 'rejected' ORDER BY d.id
-- list-standing
SELECT id, operation = 'create', key, before, sent FROM deliveries
WHERE run_id = ?1 AND id < ?2 AND (?3 = 0 OR id = ?3)
  AND state IN ('confirmed', 'undo-conflict') AND operation IN ('create', 'update') ORDER BY id DESC LIMIT ?4
-- count-left
SELECT count (*) FILTER (WHERE state = 'confirmed' AND operation = 'create'),
  count (*) FILTER (WHERE state = 'confirmed' AND operation = 'update'), count (*) FILTER (WHERE state = 'rejected')
FROM deliveries WHERE run_id = ?
-- list-fields
SELECT DISTINCT field.key FROM deliveries d, json_each (d.sent) field WHERE d.run_id = ?
-- forget-undone
DELETE FROM identities WHERE (integration_id, source_key) =
  (SELECT r.integration_id, d.source_key FROM deliveries d JOIN runs r ON r.id = d.run_id WHERE d.id = ? AND d.operation = 'create')
-- rename-undone
UPDATE identities SET key = ?2 WHERE (integration_id, source_key) =
  (SELECT r.integration_id, d.source_key FROM deliveries d JOIN runs r ON r.id = d.run_id WHERE d.id = ?1)
-- thin
/* ?1 now, in milliseconds. */
UPDATE deliveries SET before = NULL, sent = NULL, record = NULL
WHERE time < ?1 - 86400000 * ifnull ((SELECT value FROM settings WHERE name = 'retention_days'), 180) AND state <> 'rejected' AND coalesce (before, sent, record) IS NOT NULL
-- get-trace
SELECT d.id, d.run_id, d.time, i.name, d.operation, d.state, d.key, d.source_key, d.field, d.error, d.before, d.sent, d.record
FROM deliveries d JOIN runs r ON r.id = d.run_id JOIN integrations i ON i.id = r.integration_id WHERE d.id = ?
-- list-corrections-of-record
SELECT c.path, c.original, c.value FROM corrections c JOIN runs r ON r.integration_id = c.integration_id
WHERE r.id = ? AND c.source_key = ?
-- list-days
/* The last ?1 days in the user's time zone: the first instant of each, deliveries, rejects. Runs are kept in the order in which they begin,
 * and every zone's midnight is at a quarter of an hour. */
WITH RECURSIVE days (day) AS (
  SELECT date ('now', 'localtime', (1 - ?1) || ' days') UNION ALL SELECT date (day, '+1 day') FROM days LIMIT ?1
), quarters AS (
  SELECT started / 900000 AS quarter, sum (created + updated) AS delivered, sum (rejected) AS rejected FROM runs
  WHERE kind <> 'undo' AND id > ifnull ((SELECT id FROM runs
    WHERE started < (SELECT unixepoch (min (day), 'utc') * 1000 FROM days) ORDER BY id DESC LIMIT 1), 0) GROUP BY 1
), sums AS (
  SELECT date (quarter * 900, 'unixepoch', 'localtime') AS day, sum (delivered) AS delivered, sum (rejected) AS rejected
  FROM quarters GROUP BY 1
)
SELECT unixepoch (day, 'utc') * 1000, delivered, rejected FROM days LEFT JOIN sums USING (day) ORDER BY day
-- list-health
/* The runs that began since ?1: they are kept in the order in which they begin. */
WITH recent AS (
  SELECT integration_id, count (*) AS runs, sum (status IN ('success', 'partial')) AS successes FROM runs
  WHERE id > ifnull ((SELECT id FROM runs WHERE started < ?1 ORDER BY id DESC LIMIT 1), 0)
    AND kind <> 'undo' AND status NOT IN ('running', 'cancelled')
  GROUP BY integration_id
), open AS (
  SELECT r.integration_id, count (*) AS rejects FROM deliveries d JOIN runs r ON r.id = d.run_id
  WHERE d.state = 'rejected' GROUP BY r.integration_id
)
SELECT i.name, recent.runs, recent.successes,
  (SELECT finished FROM runs WHERE integration_id = i.id AND kind <> 'undo' AND status IN ('success', 'partial')
   ORDER BY id DESC LIMIT 1),
  open.rejects
FROM integrations i LEFT JOIN recent ON recent.integration_id = i.id LEFT JOIN open ON open.integration_id = i.id ORDER BY i.name
-- why
/* Every delivery that touched a record. ?1 connector, ?2 object, ?3 key as given, ?4 key as compared. Values are texts, so that
 * amounts come out with the digits they have. */
WITH reading AS (
  SELECT id FROM integrations WHERE definition ->> '$.source.connector' = ?1 AND definition ->> '$.source.object' = ?2
), writing AS (
  SELECT id FROM integrations
  WHERE definition ->> '$.destination.connector' = ?1 AND definition ->> '$.destination.object' = ?2
)
SELECT d.id AS delivery, d.run_id AS run, strftime ('%Y-%m-%dT%H:%M:%SZ', d.time / 1000, 'unixepoch') AS time,
  i.name AS integration, r.version, d.operation, d.state,
  json_object ('connector', v.definition ->> '$.source.connector', 'object', v.definition ->> '$.source.object',
               'key', d.source_key) AS "source:json",
  json_object ('connector', v.definition ->> '$.destination.connector',
               'object', v.definition ->> '$.destination.object', 'key', d.key) AS "destination:json",
  (SELECT json_group_array (json_object (
     'field', f.key,
     'before', (SELECT CASE WHEN b.type = 'object' THEN coalesce (b.value ->> '$.date', b.value ->> '$.datetime', b.value)
                  WHEN b.type IN ('true', 'false') THEN b.type ELSE b.value || '' END
                FROM json_each (d.before) b WHERE b.key = f.key),
     'after', CASE WHEN f.type = 'object' THEN coalesce (f.value ->> '$.date', f.value ->> '$.datetime', f.value)
                WHEN f.type IN ('true', 'false') THEN f.type ELSE f.value || '' END,
     'from', (SELECT coalesce (rule.value ->> '$.from', rule.value ->> '$.template', rule.value ->> '$.value')
              FROM json_each (v.definition, '$.mapping') rule WHERE rule.value ->> '$.to' = f.key)))
   FROM json_each (d.sent) f) AS "changes:json",
  d.error
FROM deliveries d
JOIN runs r ON r.id = d.run_id
JOIN integrations i ON i.id = r.integration_id
LEFT JOIN versions v ON v.integration_id = i.id AND v.version = r.version
WHERE (d.source_key = ?3 AND i.id IN reading) OR ((d.key = ?4 OR d.destination_id = ?3) AND i.id IN writing)
ORDER BY d.id
-- first-sent
SELECT sent AS "sent:json" FROM deliveries WHERE operation = 'create'
  AND run_id = (SELECT id FROM runs WHERE integration_id = ? AND created > 0 ORDER BY id LIMIT 1) ORDER BY id LIMIT 1
