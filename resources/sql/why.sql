-- Every delivery that touched a record. ?1 connector, ?2 object, ?3 key as given, ?4 key as compared. Values are texts, so that
-- amounts come out with the digits they have.
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
