-- SPDX-License-Identifier: Apache-2.0
--
-- Spreads the stores of Waymark over the machines of a Citus cluster (docs/scaling.md says when, and what that limits).
--
--   psql --set ON_ERROR_STOP=1 --single-transaction --file deploy/citus.sql postgres://waymark@coordinator/waymark
--
-- Before: the extension citus is in the database, its workers are known (citus_add_node), and the stores are there and up
-- to date ('waymark migrate'), best while they are still empty: 'waymark migrate-store' fills them afterwards. The
-- services are stopped. May be given again, such as after an upgrade that brought new tables.

DO $body$
BEGIN
  IF to_regproc('create_distributed_table') IS NULL THEN
    RAISE EXCEPTION 'Citus is not in this database: CREATE EXTENSION citus';
  END IF;
  IF to_regclass('people.organisations') IS NULL OR to_regclass('projects.projects') IS NULL
    OR to_regclass('measurement.observations') IS NULL
  THEN
    RAISE EXCEPTION 'The stores are not all in this database: run ''waymark migrate'' first';
  END IF;
END
$body$;

-- People: organisations form one tree, and codes, e-mail addresses and ids are unique over all organisations, which an
-- index over several machines cannot see to. A million people are some hundred megabytes: each machine gets all of them.
SELECT create_reference_table(t.name)
FROM (
  VALUES ('people.organisations'::regclass), ('people.people'::regclass), ('people.teams'::regclass),
    ('people.team_members'::regclass)
) AS t (name)
WHERE NOT EXISTS (SELECT 1 FROM citus_tables known WHERE known.table_name = t.name);

-- Projects and what is measured in them: by organisation, everything of an organisation on one machine.
SELECT create_distributed_table('projects.projects', 'organisation_id')
WHERE NOT EXISTS (SELECT 1 FROM citus_tables known WHERE known.table_name = 'projects.projects'::regclass);

-- Observations are in sixteen parts by organisation already; each part is spread in turn.
SELECT create_distributed_table(t.name, 'organisation_id', colocate_with => 'projects.projects')
FROM (
  VALUES ('projects.project_measures'::regclass), ('measurement.measures'::regclass),
    ('measurement.judgements'::regclass), ('measurement.observations'::regclass)
) AS t (name)
WHERE NOT EXISTS (SELECT 1 FROM citus_tables known WHERE known.table_name = t.name);

-- What stays on the coordinator, in each of the three schemas:
--   events, event_head    one trail with one order and one end in each store, whose triggers keep it append-only
--   requests              answers to earlier requests, seven days of them; also those that named no organisation
--   store_properties, schema_migrations, platform_migrations
