// SPDX-License-Identifier: Apache-2.0

import Storage

/// The tables of the `people` store.
///
/// Every key begins with `organisation_id`, so that they shard by it.
enum Schema {
  static let first: [SchemaStatement] = [
    """
    CREATE TABLE organisations (
      organisation_id TEXT NOT NULL PRIMARY KEY,
      parent_id TEXT NOT NULL,
      name TEXT NOT NULL,
      name_key TEXT NOT NULL,
      code TEXT,
      kind INTEGER NOT NULL,
      request_id TEXT,
      revision BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX organisations_code ON organisations (code)",
    "CREATE UNIQUE INDEX organisations_request ON organisations (request_id)",
    "CREATE INDEX organisations_parent ON organisations (parent_id)",
    "CREATE INDEX organisations_name ON organisations (name_key, organisation_id)",
    """
    CREATE TABLE people (
      organisation_id TEXT NOT NULL,
      id TEXT NOT NULL,
      display_name TEXT NOT NULL,
      name_key TEXT NOT NULL,
      email TEXT,
      email_key TEXT,
      request_id TEXT,
      revision BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      PRIMARY KEY (organisation_id, id)
    )
    """,
    "CREATE UNIQUE INDEX people_id ON people (id)",
    "CREATE UNIQUE INDEX people_email ON people (email_key)",
    "CREATE UNIQUE INDEX people_request ON people (request_id)",
    "CREATE INDEX people_name ON people (name_key, id)",
    """
    CREATE TABLE teams (
      organisation_id TEXT NOT NULL,
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      name_key TEXT NOT NULL,
      request_id TEXT,
      revision BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      PRIMARY KEY (organisation_id, id)
    )
    """,
    "CREATE UNIQUE INDEX teams_id ON teams (id)",
    "CREATE UNIQUE INDEX teams_request ON teams (request_id)",
    "CREATE INDEX teams_name ON teams (name_key, id)",
    """
    CREATE TABLE team_members (
      organisation_id TEXT NOT NULL,
      team_id TEXT NOT NULL,
      position INTEGER NOT NULL,
      person_id TEXT NOT NULL,
      function INTEGER NOT NULL,
      PRIMARY KEY (organisation_id, team_id, position)
    )
    """,
    "CREATE INDEX team_members_team ON team_members (team_id, position)",
    "CREATE INDEX team_members_person ON team_members (person_id)",
  ]

  /// Requests are remembered in one table of every store; the answers to those of before were not kept.
  static let requests: [SchemaStatement] = [
    """
    INSERT INTO requests (organisation_id, method, request_id, object_id, created_at)
    SELECT '', 'CreateOrganisation', request_id, organisation_id, created_at FROM organisations
    WHERE request_id IS NOT NULL
    """,
    """
    INSERT INTO requests (organisation_id, method, request_id, object_id, created_at)
    SELECT organisation_id, 'CreatePerson', request_id, id, created_at FROM people WHERE request_id IS NOT NULL
    """,
    """
    INSERT INTO requests (organisation_id, method, request_id, object_id, created_at)
    SELECT organisation_id, 'CreateTeam', request_id, id, created_at FROM teams WHERE request_id IS NOT NULL
    """,
    "DROP INDEX organisations_request",
    "DROP INDEX people_request",
    "DROP INDEX teams_request",
    "ALTER TABLE organisations DROP COLUMN request_id",
    "ALTER TABLE people DROP COLUMN request_id",
    "ALTER TABLE teams DROP COLUMN request_id",
  ]
}
