#pragma once
/// The tables of an evd file, version 1. A published version is never changed: a new one comes with a migration.

namespace evd::store_embedded {

inline constexpr const char* tables = R"sql(
-- One row: how far everything is, and what there is of it.
CREATE TABLE progress (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL DEFAULT 0,
  recorded_epoch INTEGER NOT NULL DEFAULT 0,
  recorded_sequence INTEGER NOT NULL DEFAULT 0,
  recorded_journal_epoch INTEGER NOT NULL DEFAULT 0,
  recorded_journal_sequence INTEGER NOT NULL DEFAULT 0,
  commands INTEGER NOT NULL DEFAULT 0,
  events INTEGER NOT NULL DEFAULT 0,
  outcomes INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  open_dead_letters INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0);

-- The logs whose records are here. Rows of epoch number n have sequences from n * 2^40 on; a log's own file has number 0.
CREATE TABLE epochs (number INTEGER PRIMARY KEY, epoch INTEGER NOT NULL UNIQUE);

CREATE TABLE commands (
  sequence INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  module TEXT NOT NULL,
  input TEXT NOT NULL,
  caller TEXT,
  source TEXT,
  mode INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  time_limit INTEGER NOT NULL,
  headers TEXT);

CREATE TABLE command_outcomes (
  command BLOB PRIMARY KEY,
  module TEXT NOT NULL,
  name TEXT NOT NULL,
  status INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  result TEXT NOT NULL,
  failure_type TEXT,
  failure_message TEXT,
  failure_stack TEXT,
  published BLOB,
  instance INTEGER NOT NULL,
  changed_at_sequence INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  command BLOB NOT NULL,
  parents BLOB,
  linked BLOB,
  module TEXT NOT NULL,
  subscription TEXT,
  key TEXT,
  time INTEGER NOT NULL,
  not_before INTEGER,
  headers TEXT,
  data TEXT NOT NULL);
-- An event's id begins with its command's first four bytes, so this finds an id and, by a short range, a chain.
CREATE UNIQUE INDEX events_by_id ON events (id, command);
CREATE INDEX events_of_other_chains ON events (command) WHERE substr(id, 1, 4) <> substr(command, 1, 4);

-- Chains that an event belongs to besides its command's.
CREATE TABLE links (command BLOB NOT NULL, event BLOB NOT NULL, PRIMARY KEY (command, event)) WITHOUT ROWID;

CREATE TABLE instances (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE subscriptions (
  number INTEGER PRIMARY KEY,
  module TEXT NOT NULL,
  name TEXT NOT NULL,
  kind INTEGER,
  filters TEXT,
  attempts INTEGER,
  ack_wait INTEGER,
  time_limit INTEGER,
  concurrency INTEGER,
  max_crashes INTEGER,
  from_now INTEGER,
  registered_at INTEGER,
  removed INTEGER,
  changed_at_sequence INTEGER,
  UNIQUE (module, name));

CREATE TABLE subscription_totals (
  subscription INTEGER PRIMARY KEY,
  handled INTEGER NOT NULL DEFAULT 0,
  failed_attempts INTEGER NOT NULL DEFAULT 0,
  open_dead_letters INTEGER NOT NULL DEFAULT 0,
  duration INTEGER NOT NULL DEFAULT 0);

CREATE TABLE subjects (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL DEFAULT 1,
  events INTEGER NOT NULL DEFAULT 0,
  failed_attempts INTEGER NOT NULL DEFAULT 0,
  open_dead_letters INTEGER NOT NULL DEFAULT 0,
  last INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

CREATE TABLE attempts (
  event BLOB NOT NULL,
  subscription INTEGER NOT NULL,
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  command BLOB NOT NULL,
  subject TEXT NOT NULL,
  failure_type TEXT,
  failure_message TEXT,
  failure_stack TEXT,
  duration INTEGER NOT NULL,
  retry_at INTEGER,
  instance INTEGER NOT NULL,
  PRIMARY KEY (event, subscription, number, started_at)) WITHOUT ROWID;

-- Events with a failed attempt or a dead letter, for lists of only those.
CREATE TABLE failed_events (event BLOB PRIMARY KEY, sequence INTEGER) WITHOUT ROWID;
CREATE INDEX failed_events_by_sequence ON failed_events (sequence);

CREATE TABLE outcomes (
  event BLOB NOT NULL,
  subscription INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  published BLOB,
  instance INTEGER NOT NULL,
  PRIMARY KEY (event, subscription)) WITHOUT ROWID;

CREATE TABLE dead_letters (
  id BLOB PRIMARY KEY,
  event BLOB,
  command BLOB,
  subject TEXT,
  subscription INTEGER,
  attempts INTEGER,
  reason INTEGER,
  failure_type TEXT,
  failure_message TEXT,
  failure_stack TEXT,
  at INTEGER,
  instance INTEGER,
  status INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT,
  opened_at_sequence INTEGER NOT NULL DEFAULT -1,
  changed_at_sequence INTEGER NOT NULL DEFAULT -1) WITHOUT ROWID;
CREATE INDEX dead_letters_by_event ON dead_letters (event);
CREATE INDEX dead_letters_by_time ON dead_letters (at);

CREATE TABLE quarantine (
  number INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  record TEXT NOT NULL,
  error_code TEXT NOT NULL,
  error_where TEXT NOT NULL,
  error_detail TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (epoch, sequence, kind));

-- What only a log needs.

-- Up to here a subscription has settled every event. It may lag behind the truth, which outcomes and settled hold.
CREATE TABLE cursors (subscription INTEGER PRIMARY KEY, sequence INTEGER NOT NULL);

-- Events that a subscription will not get again although it has no outcome for them: failed, and waiting for a retry or
-- dead-lettered. Rows up to the cursor are removed.
CREATE TABLE settled (
  subscription INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (subscription, sequence)) WITHOUT ROWID;

-- Retries and durable commands (subscription > 0) and delayed events (subscription = 0, with the whole record).
CREATE TABLE waiting (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  subscription INTEGER NOT NULL,
  item BLOB NOT NULL,
  command BLOB NOT NULL,
  attempt INTEGER NOT NULL,
  due INTEGER NOT NULL,
  record TEXT,
  UNIQUE (subscription, item, attempt));
CREATE INDEX waiting_by_due ON waiting (subscription, due);

-- Journal records, kept for a recorder where the store is another file.
CREATE TABLE journal (sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL, record TEXT NOT NULL);
)sql";

/// Shows what the tables hold as people read it.
inline constexpr const char* views = R"sql(
CREATE VIEW command_view AS
SELECT c.sequence, lower(hex(c.id)) AS id, c.name, c.module,
  CASE coalesce(o.status, 0) WHEN 0 THEN 'accepted' WHEN 1 THEN 'succeeded' WHEN 2 THEN 'rejected'
    WHEN 3 THEN 'failed' ELSE 'unknown' END AS status,
  strftime('%Y-%m-%dT%H:%M:%fZ', c.accepted_at / 1e6, 'unixepoch') AS accepted_at,
  o.duration / 1e3 AS milliseconds, c.input, o.result, o.failure_message, c.caller, c.source
FROM commands c LEFT JOIN command_outcomes o ON o.command = c.id;

CREATE VIEW event_view AS
SELECT sequence, lower(hex(id)) AS id, subject, version, lower(hex(command)) AS command,
  lower(hex(substr(parents, 1, 12))) AS parent, module, subscription, key,
  strftime('%Y-%m-%dT%H:%M:%fZ', time / 1e6, 'unixepoch') AS time, data
FROM events;

CREATE VIEW attempt_view AS
SELECT lower(hex(a.event)) AS event, a.subject, s.module, s.name AS subscription, a.number, a.failure_type,
  a.failure_message, strftime('%Y-%m-%dT%H:%M:%fZ', a.started_at / 1e6, 'unixepoch') AS started_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', a.retry_at / 1e6, 'unixepoch') AS retry_at
FROM attempts a JOIN subscriptions s ON s.number = a.subscription;

CREATE VIEW outcome_view AS
SELECT lower(hex(o.event)) AS event, s.module, s.name AS subscription, o.attempt,
  strftime('%Y-%m-%dT%H:%M:%fZ', o.started_at / 1e6, 'unixepoch') AS started_at, o.duration / 1e3 AS milliseconds
FROM outcomes o JOIN subscriptions s ON s.number = o.subscription;

CREATE VIEW dead_letter_view AS
SELECT lower(hex(d.id)) AS id, lower(hex(d.event)) AS event, d.subject, s.module, s.name AS subscription, d.attempts,
  CASE d.status WHEN 0 THEN 'open' WHEN 1 THEN 'retrying' WHEN 2 THEN 'resolved' ELSE 'dismissed' END AS status,
  d.failure_type, d.failure_message, strftime('%Y-%m-%dT%H:%M:%fZ', d.at / 1e6, 'unixepoch') AS at
FROM dead_letters d JOIN subscriptions s ON s.number = d.subscription;

CREATE VIEW waiting_view AS
SELECT w.number, s.module, s.name AS subscription, lower(hex(w.item)) AS item, w.attempt,
  strftime('%Y-%m-%dT%H:%M:%fZ', w.due / 1e6, 'unixepoch') AS due
FROM waiting w LEFT JOIN subscriptions s ON s.number = w.subscription;
)sql";

}  // namespace evd::store_embedded
