-- The tables of a store, version 1. Statements end with a semicolon at the end of a line.
--
-- The id of an event or end is its second times 2^30, plus a number that grows. So rows lie in the
-- order of their time, go to the end of the table, and the oldest are removed without an index.
--
-- A key is text; one that UTF-8 cannot hold is a blob of UTF-16. Text and blob are never equal.
-- A column that does not apply is NULL, which takes one byte. Times are milliseconds since 1970.
-- The key of an event is NULL if it is its tenant and task. A sum is the CRC-32C of key and value.

CREATE TABLE meta(
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE state(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  sum INTEGER NOT NULL,
  at INTEGER,
  tenant TEXT,
  task TEXT,
  type TEXT,
  state TEXT,
  attempt INTEGER,
  agent TEXT,
  detail TEXT,
  value BLOB NOT NULL);

CREATE TABLE event(
  id INTEGER PRIMARY KEY,
  key BLOB,
  at INTEGER,
  tenant TEXT,
  task TEXT,
  state TEXT,
  attempt INTEGER,
  agent TEXT,
  quality REAL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cost REAL,
  time_ms INTEGER,
  detail TEXT,
  value BLOB NOT NULL);

CREATE TABLE ended(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  sum INTEGER NOT NULL,
  at INTEGER,
  tenant TEXT,
  task TEXT,
  type TEXT,
  state TEXT,
  attempt INTEGER,
  agent TEXT,
  quality REAL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cost REAL,
  time_ms INTEGER,
  detail TEXT,
  value BLOB NOT NULL);

CREATE INDEX ended_key ON ended(key);

CREATE VIEW tasks AS
SELECT t.tenant, t.task AS task_id, t.type, coalesce(s.state, t.state) AS state,
  coalesce(s.attempt, 0) AS attempt, s.agent AS agent_id, NULL AS quality_score, s.detail,
  strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(s.at, t.at) / 1000.0, 'unixepoch') AS timestamp
FROM state t LEFT JOIN state s ON s.key = 'S' || substr(t.key, 2)
WHERE substr(t.key, 1, 1) = 'T'
UNION ALL
SELECT tenant, task, type, state, coalesce(attempt, 0), agent, quality, detail,
  strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch')
FROM ended WHERE substr(key, 1, 1) = 'E';

CREATE VIEW attempts AS
SELECT tenant, task AS task_id, attempt, max(agent) AS agent_id,
  CASE WHEN max(state = 'COMPLETED') THEN 'completed'
    WHEN max(state = 'CANCELLED') THEN 'cancelled'
    WHEN max(state IN ('ROUTING', 'FAILED')) THEN 'failed' ELSE 'running' END AS status,
  strftime('%Y-%m-%dT%H:%M:%fZ', min(at) / 1000.0, 'unixepoch') AS started_at,
  strftime('%Y-%m-%dT%H:%M:%fZ',
    (min(at) FILTER (WHERE state <> 'EXECUTING')) / 1000.0, 'unixepoch') AS finished_at,
  (min(at) FILTER (WHERE state <> 'EXECUTING')) - min(at) AS latency_ms,
  max(quality) AS quality_score,
  coalesce(max(input_tokens), 0) AS input_tokens,
  coalesce(max(output_tokens), 0) AS output_tokens,
  coalesce(max(cost), 0.0) AS cost,
  max(detail) FILTER (WHERE state IN ('ROUTING', 'FAILED', 'CANCELLED')) AS detail
FROM event WHERE task IS NOT NULL AND attempt > 0 GROUP BY tenant, task, attempt;

CREATE VIEW verdicts AS
SELECT tenant, task AS task_id, attempt, agent AS agent_id,
  CASE WHEN state <> 'COMPLETED' THEN 'denied'
    WHEN detail LIKE 'waived%' THEN 'waived' ELSE 'approved' END AS verdict,
  quality AS quality_score,
  CASE WHEN state = 'COMPLETED' AND instr(detail, ' ')
    THEN substr(detail, instr(detail, ' ') + 1) END AS digest,
  CASE WHEN state <> 'COMPLETED' THEN substr(detail, length('DENIED: denied: ') + 1) END AS reason,
  strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS timestamp
FROM event
WHERE state = 'COMPLETED' OR (state IN ('ROUTING', 'FAILED') AND detail LIKE 'DENIED: denied: %');

CREATE VIEW agents AS
WITH work AS (
  SELECT agent_id, count(*) AS task_count, avg(status = 'completed') AS success_rate,
    avg(quality_score) AS average_quality, avg(latency_ms) AS average_latency_ms,
    CAST(total(input_tokens) AS INTEGER) AS input_tokens,
    CAST(total(output_tokens) AS INTEGER) AS output_tokens, sum(cost) AS cost,
    max(coalesce(finished_at, started_at)) AS last_active_at
  FROM attempts WHERE status <> 'running' GROUP BY agent_id),
news AS (
  SELECT agent AS agent_id,
    max((id - (SELECT value FROM meta WHERE name = 'next')) & ((1 << 30) - 1)) AS appended,
    CASE WHEN detail = 'Retired' THEN 'retired' ELSE lower(coalesce(state, 'available')) END
      AS status
  FROM event WHERE task IS NULL AND agent IS NOT NULL AND detail <> 'Updated' GROUP BY agent),
away AS (SELECT agent AS agent_id, lower(state) AS status FROM state WHERE substr(key, 1, 1) = 'A')
SELECT name.agent_id, coalesce(away.status, news.status, 'available') AS status,
  coalesce(task_count, 0) AS task_count, success_rate, average_quality, average_latency_ms,
  coalesce(input_tokens, 0) AS input_tokens, coalesce(output_tokens, 0) AS output_tokens,
  coalesce(cost, 0.0) AS cost, last_active_at
FROM (SELECT agent_id FROM work UNION SELECT agent_id FROM news
  UNION SELECT agent_id FROM away) name
LEFT JOIN away ON away.agent_id = name.agent_id
LEFT JOIN work ON work.agent_id = name.agent_id
LEFT JOIN news ON news.agent_id = name.agent_id;
