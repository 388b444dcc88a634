/** Any number will do; two collectors starting on one server must agree on it. */
const SCHEMA_LOCK = 7_415_011

export const SCHEMA = `
  SELECT pg_advisory_xact_lock(${SCHEMA_LOCK});
  CREATE TABLE IF NOT EXISTS outlast_requests (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at   timestamptz NOT NULL,
    method        text NOT NULL,
    path          text NOT NULL,
    wire          text NOT NULL,
    request_id    text,
    attempt       bigint,
    status        integer,
    events        integer NOT NULL,
    bytes         integer NOT NULL,
    encoding      text,
    fault         text,
    reason        text,
    user_agent    text
  );
  CREATE TABLE IF NOT EXISTS outlast_events (
    seq               bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    uuid              uuid PRIMARY KEY,
    event             text NOT NULL,
    distinct_id       text NOT NULL,
    timestamp         text,
    occurred_at       timestamptz NOT NULL,
    properties        jsonb NOT NULL,
    first_received_at timestamptz NOT NULL,
    request           bigint NOT NULL,
    copies            integer NOT NULL,
    altered           integer NOT NULL
  );
`

/**
 * One statement, so that a request and its events are committed together or not at all. A copy whose event,
 * distinct_id or timestamp differs from the first counts as altered: ingestion would not recognise it as a duplicate.
 * $1 request, $2 events, both JSON; $3 the time of arrival.
 */
export const RECORD = `
  WITH request AS (
    INSERT INTO outlast_requests
      (received_at, method, path, wire, request_id, attempt, status, events, bytes, encoding, fault, reason, user_agent)
    SELECT $3::timestamptz, method, path, wire, request_id, attempt, status, events, bytes, encoding, fault, reason,
      user_agent
    FROM jsonb_to_record($1::jsonb) AS r (method text, path text, wire text, request_id text, attempt bigint,
      status integer, events integer, bytes integer, encoding text, fault text, reason text, user_agent text)
    RETURNING id
  ), written AS (
    INSERT INTO outlast_events AS known
      (uuid, event, distinct_id, timestamp, occurred_at, properties, first_received_at, request, copies, altered)
    SELECT e.uuid, e.event, e.distinct_id, e.timestamp, coalesce(e.occurred_at, $3::timestamptz), e.properties,
      $3::timestamptz, request.id, e.copies, e.altered
    FROM request, jsonb_to_recordset($2::jsonb) AS e (uuid uuid, event text, distinct_id text, timestamp text,
      occurred_at timestamptz, properties jsonb, copies integer, altered integer)
    ON CONFLICT (uuid) DO UPDATE SET
      copies = known.copies + excluded.copies,
      altered = known.altered + excluded.altered + CASE
        WHEN (known.event, known.distinct_id, known.timestamp)
          IS DISTINCT FROM (excluded.event, excluded.distinct_id, excluded.timestamp) THEN 1 ELSE 0 END
    RETURNING uuid, copies
  )
  SELECT request.id::float8 AS id, written.uuid::text AS uuid, written.copies
  FROM request LEFT JOIN written ON true
`

export const EVENTS = `
  SELECT seq::float8 AS seq, uuid::text AS uuid, event, distinct_id, timestamp, properties, copies, altered,
    first_received_at AS received_at, request::float8 AS request
  FROM outlast_events WHERE seq > $1 ORDER BY seq LIMIT $2
`

export const UUIDS = 'SELECT uuid::text AS uuid, copies FROM outlast_events ORDER BY seq'

export const REQUESTS = `
  SELECT id::float8 AS id, received_at, method, path, wire, request_id, attempt::float8 AS attempt, status, events,
    bytes, encoding, encoding IS NOT NULL AS compressed, fault, reason, user_agent
  FROM outlast_requests WHERE id > $1 ORDER BY id LIMIT $2
`

export const STATS = `
  SELECT
    (SELECT count(*) FROM outlast_events)::float8 AS events,
    (SELECT coalesce(sum(copies), 0) FROM outlast_events)::float8 AS copies,
    (SELECT coalesce(sum(altered), 0) FROM outlast_events)::float8 AS altered,
    (SELECT count(*) FROM outlast_requests)::float8 AS requests,
    (SELECT count(*) FROM outlast_requests WHERE fault IS NOT NULL)::float8 AS faults
`

/** The sequences go on: a reader's cursor from before must not skip what comes after. */
export const RESET = 'TRUNCATE outlast_events, outlast_requests'
