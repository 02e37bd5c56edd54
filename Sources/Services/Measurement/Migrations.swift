// SPDX-License-Identifier: Apache-2.0

public import Storage

extension MeasurementService {
  /// The tables of this service.
  ///
  /// Forward only: a table changes by a new migration, never by editing an old one.
  ///
  /// Times are nanoseconds since the start of 1970, days are numbered from 1970-01-01 = 0.
  public static let migrations: [Migration] = [
    Migration(
      number: 1, name: "measures and observations",
      sql: [
        """
        CREATE TABLE measures (
          organisation_id TEXT NOT NULL,
          id TEXT NOT NULL,
          project_id TEXT NOT NULL,
          name TEXT NOT NULL,
          kind INTEGER NOT NULL,
          operational_definition TEXT NOT NULL,
          unit TEXT NOT NULL,
          numerator_meaning TEXT NOT NULL,
          denominator_meaning TEXT NOT NULL,
          direction INTEGER NOT NULL,
          chart_kind TEXT NOT NULL,
          rule_set TEXT NOT NULL,
          multiplier DOUBLE PRECISION NOT NULL,
          target DOUBLE PRECISION,
          create_time BIGINT NOT NULL,
          update_time BIGINT NOT NULL,
          revision BIGINT NOT NULL,
          request_id TEXT,
          PRIMARY KEY (organisation_id, id)
        )
        """,
        "CREATE INDEX measures_by_id ON measures (id)",
        "CREATE INDEX measures_by_project ON measures (project_id, id)",
        "CREATE UNIQUE INDEX measures_by_request ON measures (organisation_id, request_id)",
        """
        CREATE TABLE observations (
          organisation_id TEXT NOT NULL,
          measure_id TEXT NOT NULL,
          period_day INTEGER NOT NULL,
          value DOUBLE PRECISION NOT NULL,
          denominator DOUBLE PRECISION,
          note TEXT NOT NULL,
          update_time BIGINT NOT NULL,
          PRIMARY KEY (organisation_id, measure_id, period_day)
        )
        """,
      ]),
    Migration(
      number: 2, name: "chart specifications and judgements",
      sql: [
        // Rule sets by name alone meant the latest version, which was the first one until now.
        "UPDATE measures SET rule_set = rule_set || '@1' WHERE rule_set NOT LIKE '%@%'",
        // Targets other than one number for all time, as JSON; empty for those.
        "ALTER TABLE measures ADD COLUMN targets_json TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE measures ADD COLUMN baseline_points INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE measures ADD COLUMN method_json TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE measures ADD COLUMN known_centre_line DOUBLE PRECISION",
        // Grows with every change to observations, specification, phases or exclusions.
        "ALTER TABLE measures ADD COLUMN chart_version BIGINT NOT NULL DEFAULT 1",
        // Phases, exclusions and annotations; rows are never removed.
        """
        CREATE TABLE judgements (
          organisation_id TEXT NOT NULL,
          measure_id TEXT NOT NULL,
          id TEXT NOT NULL,
          kind TEXT NOT NULL,
          day INTEGER NOT NULL,
          text TEXT NOT NULL,
          baseline_points INTEGER,
          annotation_kind INTEGER NOT NULL,
          reference TEXT NOT NULL,
          create_time BIGINT NOT NULL,
          create_actor TEXT NOT NULL,
          create_request TEXT,
          delete_time BIGINT,
          delete_actor TEXT,
          delete_reason TEXT,
          delete_request TEXT,
          PRIMARY KEY (organisation_id, measure_id, id)
        )
        """,
        "CREATE INDEX judgements_by_id ON judgements (id)",
        "CREATE UNIQUE INDEX judgements_by_request ON judgements (measure_id, kind, create_request)",
      ]),
    Migration(number: 3, name: "requests of all stores alike", sql: requests),
    Migration(number: 4, name: "observations in the order of their key", sql: observations),
  ]

  /// Requests are remembered in one table of every store; the answers to those of before were not kept.
  private static let requests: [SchemaStatement] = [
    // A measure's request may or may not have named the organisation.
    """
    INSERT INTO requests (organisation_id, method, request_id, object_id, created_at)
    SELECT organisation_id, 'CreateMeasure', request_id, id, create_time / 1000 FROM measures
    WHERE request_id IS NOT NULL
    """,
    """
    INSERT INTO requests (organisation_id, method, request_id, object_id, created_at)
    SELECT '', 'CreateMeasure', request_id, id, create_time / 1000 FROM measures WHERE request_id IS NOT NULL
    ON CONFLICT (organisation_id, method, request_id) DO NOTHING
    """,
    """
    INSERT INTO requests (organisation_id, method, request_id, object_id, created_at)
    SELECT organisation_id,
      CASE kind WHEN 'phase' THEN 'CreatePhase' WHEN 'exclusion' THEN 'CreateExclusion' ELSE 'CreateAnnotation' END,
      create_request, id, create_time / 1000
    FROM judgements WHERE create_request IS NOT NULL
    ON CONFLICT (organisation_id, method, request_id) DO NOTHING
    """,
    """
    INSERT INTO requests (organisation_id, method, request_id, object_id, created_at)
    SELECT organisation_id,
      CASE kind WHEN 'phase' THEN 'DeletePhase' WHEN 'exclusion' THEN 'DeleteExclusion' ELSE 'DeleteAnnotation' END,
      delete_request, id, delete_time / 1000
    FROM judgements WHERE delete_request IS NOT NULL
    ON CONFLICT (organisation_id, method, request_id) DO NOTHING
    """,
    "DROP INDEX measures_by_request",
    "ALTER TABLE measures DROP COLUMN request_id",
    "DROP INDEX judgements_by_request",
    "ALTER TABLE judgements DROP COLUMN create_request",
    "ALTER TABLE judgements DROP COLUMN delete_request",
  ]

  /// The values of a measure lie side by side, without a second copy of their key; in PostgreSQL by organisation in
  /// sixteen parts, so that each index stays small and upkeep goes part by part.
  private static let observations: [SchemaStatement] =
    [
      "ALTER TABLE observations RENAME TO observations_as_they_came",
      .sqlite("CREATE TABLE observations (\(observationColumns)) WITHOUT ROWID"),
      .postgres(
        "CREATE TABLE observations (\(postgresObservationColumns)) PARTITION BY HASH (organisation_id)"),
    ]
    + (0..<16).map { part in
      .postgres(
        """
        CREATE TABLE observations_\(part) PARTITION OF observations FOR VALUES WITH (MODULUS 16, REMAINDER \(part))
        """)
    } + [
      """
      INSERT INTO observations (organisation_id, measure_id, period_day, value, denominator, note, update_time)
      SELECT organisation_id, measure_id, period_day, value, denominator, note, update_time
      FROM observations_as_they_came ORDER BY organisation_id, measure_id, period_day
      """,
      "DROP TABLE observations_as_they_came",
    ]

  private static let observationColumns: SQL = """
    organisation_id TEXT NOT NULL,
    measure_id TEXT NOT NULL,
    period_day INTEGER NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    denominator DOUBLE PRECISION,
    note TEXT NOT NULL,
    update_time BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, measure_id, period_day)
    """

  private static let postgresObservationColumns: SQL = """
    organisation_id TEXT COLLATE "C" NOT NULL,
    measure_id TEXT COLLATE "C" NOT NULL,
    period_day INTEGER NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    denominator DOUBLE PRECISION,
    note TEXT COLLATE "C" NOT NULL,
    update_time BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, measure_id, period_day)
    """
}
