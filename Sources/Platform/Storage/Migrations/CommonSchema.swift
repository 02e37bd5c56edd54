// SPDX-License-Identifier: Apache-2.0

/// The tables that every store has: its schema's history, its properties, its events, and the requests it has answered.
///
/// They have a history of their own, in `platform_migrations`, so that services number their steps by themselves.
enum CommonSchema {
  /// The histories, which are there before any step.
  static let histories = [
    """
    CREATE TABLE IF NOT EXISTS schema_migrations (
      number INTEGER NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      applied_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS platform_migrations (
      number INTEGER NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      applied_at BIGINT NOT NULL,
      checksum TEXT NOT NULL
    )
    """,
  ]

  static let migrations = [
    Migration(
      number: 1, name: "chained events, requests and properties",
      sql: [
        "ALTER TABLE schema_migrations ADD COLUMN checksum TEXT NOT NULL DEFAULT ''",
        """
        CREATE TABLE store_properties (
          name TEXT NOT NULL PRIMARY KEY,
          value BLOB NOT NULL
        )
        """,
        """
        CREATE TABLE events (
          organisation_id TEXT NOT NULL,
          sequence BIGINT NOT NULL,
          kind TEXT NOT NULL,
          object_id TEXT NOT NULL,
          actor TEXT NOT NULL,
          before_json TEXT,
          after_json TEXT,
          reason TEXT NOT NULL,
          happened_at BIGINT NOT NULL,
          hash BLOB NOT NULL,
          PRIMARY KEY (organisation_id, sequence)
        )
        """,
        "CREATE INDEX events_sequence ON events (sequence)",
        "CREATE INDEX events_object ON events (organisation_id, object_id, sequence)",
        // The end of the trail: one row, which every write takes hold of.
        """
        CREATE TABLE event_head (
          id INTEGER NOT NULL PRIMARY KEY,
          sequence BIGINT NOT NULL,
          hash BLOB NOT NULL,
          happened_at BIGINT NOT NULL,
          touched BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE requests (
          organisation_id TEXT NOT NULL,
          method TEXT NOT NULL,
          request_id TEXT NOT NULL,
          fingerprint BLOB,
          object_id TEXT NOT NULL,
          answer BLOB,
          created_at BIGINT NOT NULL,
          PRIMARY KEY (organisation_id, method, request_id)
        )
        """,
        "CREATE INDEX requests_age ON requests (created_at)",
        .sqlite(
          """
          CREATE TRIGGER events_stay BEFORE DELETE ON events
          BEGIN SELECT RAISE(ABORT, 'events are never removed'); END
          """),
        .sqlite(
          """
          CREATE TRIGGER events_stay_as_they_are BEFORE UPDATE ON events
          BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
          """),
        // Replacing a row removes it without a word.
        .sqlite(
          """
          CREATE TRIGGER events_stay_in_place BEFORE INSERT ON events
          WHEN EXISTS (
            SELECT 1 FROM events WHERE organisation_id = NEW.organisation_id AND sequence = NEW.sequence)
          BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END
          """),
        .postgres(
          """
          CREATE FUNCTION events_stay() RETURNS trigger LANGUAGE plpgsql AS $body$
          BEGIN RAISE EXCEPTION 'events are never changed or removed'; END $body$
          """),
        .postgres(
          """
          CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events
          FOR EACH ROW EXECUTE FUNCTION events_stay()
          """),
        .postgres(
          """
          CREATE TRIGGER events_stay_all BEFORE TRUNCATE ON events
          FOR EACH STATEMENT EXECUTE FUNCTION events_stay()
          """),
      ])
  ]
}
