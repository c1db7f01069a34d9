-- The tables of a pool, version 1. Names without a schema: the search path says which.
--
-- value has the bytes of a record, which Arbiter reads. about has what people ask for, as JSON;
-- a field that does not apply is not there. A key is UTF-8; one that UTF-8 cannot hold is the byte
-- ff and its UTF-16. seq is the order in which rows were appended, whatever the clock said.

CREATE TABLE meta(
  name text PRIMARY KEY,
  value bigint NOT NULL);

INSERT INTO meta VALUES ('version', 1), ('tenure', 0);

CREATE TABLE state(
  key bytea PRIMARY KEY,
  at timestamptz NOT NULL,
  about jsonb NOT NULL,
  value bytea NOT NULL) WITH (fillfactor = 70);

CREATE SEQUENCE history_seq CACHE 100;

CREATE TABLE ended(
  seq bigint NOT NULL DEFAULT nextval('history_seq'),
  key bytea NOT NULL,
  at timestamptz NOT NULL,
  about jsonb NOT NULL,
  value bytea NOT NULL);

CREATE INDEX ended_key ON ended(key, seq);
CREATE INDEX ended_at ON ended(at);

-- Events in partitions of a day, event_20261130 and so on, which the store makes; in a hypertable
-- where the extension TimescaleDB is in the database.
DO $$
DECLARE
  columns CONSTANT text := 'seq bigint NOT NULL DEFAULT nextval(''history_seq''),'
    || ' key bytea NOT NULL, at timestamptz NOT NULL, about jsonb NOT NULL, value bytea NOT NULL';
  timescale text := (SELECT quote_ident(n.nspname) FROM pg_extension e
    JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'timescaledb');
BEGIN
  IF timescale IS NOT NULL THEN
    EXECUTE 'CREATE TABLE event(' || columns || ')';
    EXECUTE 'SELECT ' || timescale || '.create_hypertable(''event'', ''at'','
      || ' chunk_time_interval => INTERVAL ''1 day'', create_default_indexes => false)';
  ELSE
    EXECUTE 'CREATE TABLE event(' || columns || ') PARTITION BY RANGE (at)';
    EXECUTE 'CREATE TABLE event_other PARTITION OF event DEFAULT';
  END IF;
END $$;

CREATE INDEX event_at ON event USING brin(at);

CREATE VIEW performance_events AS
SELECT seq, at AS timestamp,
  CASE WHEN about -> 'task_id' IS NOT NULL THEN 'task' ELSE 'agent' END AS subject,
  about ->> 'tenant' AS tenant, about ->> 'task_id' AS task_id, about ->> 'type' AS type,
  about ->> 'state' AS state, coalesce((about ->> 'attempt')::int, 0) AS attempt,
  about ->> 'agent_id' AS agent_id, (about ->> 'quality_score')::float8 AS quality_score,
  coalesce((about ->> 'input_tokens')::bigint, 0) AS input_tokens,
  coalesce((about ->> 'output_tokens')::bigint, 0) AS output_tokens,
  coalesce((about ->> 'cost')::float8, 0) AS cost, (about ->> 'time_ms')::bigint AS time_ms,
  about ->> 'detail' AS detail
FROM event;

CREATE VIEW tasks AS
SELECT t.about ->> 'tenant' AS tenant, t.about ->> 'task_id' AS task_id,
  t.about ->> 'type' AS type, coalesce(s.about, t.about) ->> 'state' AS state,
  coalesce((s.about ->> 'attempt')::int, 0) AS attempt, s.about ->> 'agent_id' AS agent_id,
  NULL::float8 AS quality_score, s.about ->> 'detail' AS detail,
  coalesce(s.at, t.at) AS timestamp
FROM state t LEFT JOIN state s ON s.key = 'S'::bytea || substr(t.key, 2)
WHERE substr(t.key, 1, 1) = 'T'::bytea
UNION ALL
SELECT about ->> 'tenant', about ->> 'task_id', about ->> 'type', about ->> 'state',
  coalesce((about ->> 'attempt')::int, 0), about ->> 'agent_id',
  (about ->> 'quality_score')::float8, about ->> 'detail', at
FROM ended WHERE substr(key, 1, 1) = 'E'::bytea;

CREATE VIEW benchmark_data AS
SELECT tenant, task_id, max(type) AS type, attempt, max(agent_id) AS agent_id,
  CASE WHEN bool_or(state = 'COMPLETED') THEN 'completed'
    WHEN bool_or(state = 'CANCELLED') THEN 'cancelled'
    WHEN bool_or(state IN ('ROUTING', 'FAILED')) THEN 'failed' ELSE 'running' END AS status,
  min(timestamp) AS started_at,
  min(timestamp) FILTER (WHERE state <> 'EXECUTING') AS finished_at,
  (extract(epoch FROM min(timestamp) FILTER (WHERE state <> 'EXECUTING') - min(timestamp))
    * 1000)::float8 AS latency_ms,
  max(quality_score) AS quality_score, max(input_tokens) AS input_tokens,
  max(output_tokens) AS output_tokens, max(cost) AS cost, max(time_ms) AS time_ms,
  max(detail) FILTER (WHERE state IN ('ROUTING', 'FAILED', 'CANCELLED')) AS detail
FROM performance_events WHERE task_id IS NOT NULL AND attempt > 0
GROUP BY tenant, task_id, attempt;

CREATE VIEW verdicts AS
SELECT tenant, task_id, type, attempt, agent_id,
  CASE WHEN state <> 'COMPLETED' THEN 'denied'
    WHEN detail LIKE 'waived%' THEN 'waived' ELSE 'approved' END AS verdict,
  quality_score,
  CASE WHEN state = 'COMPLETED' AND strpos(detail, ' ') > 0
    THEN substr(detail, strpos(detail, ' ') + 1) END AS digest,
  CASE WHEN state <> 'COMPLETED' THEN substr(detail, length('DENIED: denied: ') + 1) END AS reason,
  timestamp
FROM performance_events
WHERE state = 'COMPLETED' OR (state IN ('ROUTING', 'FAILED') AND detail LIKE 'DENIED: denied: %');

CREATE VIEW agent_profiles AS
WITH work AS (
  SELECT agent_id, count(*) AS task_count,
    avg((status = 'completed')::int)::float8 AS success_rate,
    avg(quality_score) AS average_quality, avg(latency_ms) AS average_latency_ms,
    least(sum(input_tokens), 9223372036854775807)::bigint AS input_tokens,
    least(sum(output_tokens), 9223372036854775807)::bigint AS output_tokens,
    sum(least(cost, 1e290)) AS cost, max(coalesce(finished_at, started_at)) AS last_active_at
  FROM benchmark_data WHERE status <> 'running' GROUP BY agent_id),
news AS (
  SELECT DISTINCT ON (agent_id) agent_id,
    CASE WHEN detail = 'Retired' THEN 'retired' ELSE lower(coalesce(state, 'available')) END
      AS status
  FROM performance_events
  WHERE subject = 'agent' AND agent_id IS NOT NULL AND detail <> 'Updated'
  ORDER BY agent_id, seq DESC),
away AS (
  SELECT about ->> 'agent_id' AS agent_id, lower(about ->> 'state') AS status
  FROM state WHERE substr(key, 1, 1) = 'A'::bytea)
SELECT agent_id, coalesce(away.status, news.status, 'available') AS status,
  coalesce(task_count, 0) AS task_count, success_rate, average_quality, average_latency_ms,
  coalesce(input_tokens, 0) AS input_tokens, coalesce(output_tokens, 0) AS output_tokens,
  coalesce(cost, 0) AS cost, last_active_at
FROM work FULL JOIN news USING (agent_id) FULL JOIN away USING (agent_id);
