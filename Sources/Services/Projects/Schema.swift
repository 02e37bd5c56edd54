// SPDX-License-Identifier: Apache-2.0

import Storage

/// The tables of the `projects` store.
///
/// Every key begins with `organisation_id`, so that they shard by it.
enum Schema {
  static let first: [SchemaStatement] = [
    """
    CREATE TABLE projects (
      organisation_id TEXT NOT NULL,
      id TEXT NOT NULL,
      title TEXT NOT NULL,
      title_key TEXT NOT NULL,
      search_key TEXT NOT NULL,
      has_aim INTEGER NOT NULL,
      aim_what TEXT NOT NULL,
      aim_for_whom TEXT NOT NULL,
      aim_from DOUBLE PRECISION,
      aim_to DOUBLE PRECISION,
      aim_unit TEXT NOT NULL,
      aim_by_when TEXT,
      status INTEGER NOT NULL,
      start_date TEXT,
      end_date TEXT,
      team_id TEXT NOT NULL,
      request_id TEXT,
      revision BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      PRIMARY KEY (organisation_id, id)
    )
    """,
    "CREATE UNIQUE INDEX projects_id ON projects (id)",
    "CREATE UNIQUE INDEX projects_request ON projects (request_id)",
    "CREATE INDEX projects_title ON projects (title_key, id)",
    """
    CREATE TABLE project_measures (
      organisation_id TEXT NOT NULL,
      project_id TEXT NOT NULL,
      position INTEGER NOT NULL,
      measure_id TEXT NOT NULL,
      PRIMARY KEY (organisation_id, project_id, position)
    )
    """,
    "CREATE INDEX project_measures_project ON project_measures (project_id, position)",
  ]

  /// Requests are remembered in one table of every store; the answers to those of before were not kept.
  ///
  /// Ids are unique by how they are made: an index that is unique over all organisations could not be spread over machines.
  static let requests: [SchemaStatement] = [
    """
    INSERT INTO requests (organisation_id, method, request_id, object_id, created_at)
    SELECT organisation_id, 'CreateProject', request_id, id, created_at FROM projects WHERE request_id IS NOT NULL
    """,
    "DROP INDEX projects_request",
    "ALTER TABLE projects DROP COLUMN request_id",
    "DROP INDEX projects_id",
    "CREATE INDEX projects_id ON projects (id)",
  ]
}
