// Writes changes as the resources do, many at once, without the resources themselves.
import { newId } from '../../src/contract/ids.js';
import type { Database } from '../../src/database/connect.js';
import { type Change, record, type Write, write } from '../../src/database/write.js';

export const AUTHOR = { author_id: null, author_name: 'test' };

/** A new topic that nothing but its revision knows of. */
export const topicChange = (slug: string, more: Partial<Change> = {}): Change => ({
  entity: 'topic',
  id: newId(),
  version: 1,
  operation: 'created',
  document: { slug, name: slug, description: null, broader: null },
  previous: null,
  is_public: true,
  ...more,
});

export const writeChanges = (
  database: Pick<Database, 'prisma' | 'state'>,
  changes: Change[],
  meanwhile: (running: Write) => Promise<void> = async () => {},
): Promise<void> =>
  write(database, AUTHOR, async (running) => {
    await record(running, changes);
    await meanwhile(running);
  });

/** So many revisions in one statement, the oldest so many days old; for tests of what takes many. */
export const fillRevisions = (database: Pick<Database, 'pool'>, count: number, days = 0) =>
  database.pool.query(
    `insert into revisions (entity, entity_id, version, operation, author_name, recorded_at, state, changed_fields)
     select 'topic', gen_random_uuid(), 1, 'created', 'test', date_trunc('milliseconds', now() - make_interval(days => $2)),
       jsonb_build_object('slug', 'filled-' || n, 'name', repeat('x', 500)), '{slug,name}'
     from generate_series(1, $1::int) n`,
    [count, days],
  );
