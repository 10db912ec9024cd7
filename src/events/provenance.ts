// Where each field of an event comes from: its value, the sources that back and dispute it, and who changed it last.
//
// A claim counts for the very member it points to. What backs the event as a whole is told once, beside the fields.
import { z } from 'zod';
import { pointerOf } from '../contract/faults.js';
import { instant, slug, version } from '../contract/ids.js';
import { partsOf } from '../contract/pointer.js';
import { REASONS } from '../contract/write.js';
import type { Database } from '../database/connect.js';
import { citation } from '../sources/schema.js';
import { event } from './schema.js';

const supporting = z.array(citation).meta({ description: 'The sources that back it.' });
const disputing = z
  .array(citation)
  .meta({ description: 'The sources that dispute it; `value` is what they give instead, `note` why it is not followed.' });

export const provenance = z
  .strictObject({
    event: slug,
    version,
    fields: z
      .array(
        z.strictObject({
          field: z.string().meta({ description: 'JSON Pointer into the event as writes send it.' }),
          value: z.unknown().meta({ description: 'As writes send it: others by slug.' }),
          state: z.string().meta({
            description:
              'disputed (a source disputes it), supported (a source backs it, none disputes it), unclaimed (no source names it: those of the whole stand for it); more may come.',
          }),
          supporting,
          disputing,
          last_changed: z
            .strictObject({
              version,
              recorded_at: instant,
              author: z.string(),
              reason: z
                .string()
                .nullable()
                .meta({ description: `Why: ${REASONS.join(', ')}; more may come.` }),
            })
            .meta({ description: 'The version that gave it this value; of those that readers may see.' }),
        }),
      )
      .meta({ description: 'Each member that has a value, those of `details` one by one, and whatever else a claim points to.' }),
    whole: z.strictObject({ supporting, disputing }).meta({ description: 'Sources of the event as a whole: they name no field.' }),
  })
  .meta({ id: 'Provenance', description: 'Where each field of an event comes from.' });

type Provenance = z.output<typeof provenance>;
type Event = z.output<typeof event>;
type Citation = Event['sources'][number];

/** What is told of a field. `sources` are told with it, and a slug is an address, not a fact. */
const UNTOLD = new Set([
  'id',
  'slug',
  'sources',
  'start_date',
  'end_date',
  'date_precision',
  'version',
  'created_at',
  'updated_at',
  'published_at',
]);
const MEMBERS = Object.keys(event.shape).filter((name) => !UNTOLD.has(name));

/**
 * The value of each field of an event and the version that gave it, walked back through the versions that may be seen.
 * A change that was made in a version that may not is told of the next one that may, so nothing of it shows.
 * $1: the event; $2: its version; $3: whether all versions may be seen; $4: [{ field, member, rest }], a pointer and its parts.
 */
const FIELDS = `
  with told as materialized (
    select f.field, r.version, r.recorded_at, r.author_name, r.reason, m.value #> f.rest as value,
      lag(m.value #> f.rest) over (partition by f.field order by r.version) as before
    from revisions r cross join lateral jsonb_each(r.state) m
    join jsonb_to_recordset($4::jsonb) as f(field text, member text, rest text[]) on f.member = m.key
    where r.entity_id = $1::uuid and r.version <= $2 and (r.is_public or $3)
  )
  select distinct on (t.field) t.field, n.value, t.version, t.recorded_at, t.author_name as author, t.reason
  from told t join told n on n.field = t.field and n.version = $2
  where t.value is distinct from t.before
  order by t.field, t.version desc`;

interface FieldRow {
  field: string;
  value: unknown;
  version: number;
  recorded_at: Date;
  author: string;
  reason: string | null;
}

export type ProvenanceStore = ReturnType<typeof createProvenanceStore>;

export function createProvenanceStore({ reads }: Pick<Database, 'reads'>) {
  return {
    /**
     * @param card the event as it is answered, which holds nothing that readers may not see
     * @param seesHidden whether versions count that readers never saw
     */
    async read(card: Event, seesHidden: boolean): Promise<Provenance> {
      const fields = fieldsOf(card);
      const paths = fields.map((field) => ({ field, member: partsOf(field)[0], rest: partsOf(field).slice(1) }));
      const { rows } = await reads.query<FieldRow>({
        name: 'provenance of an event',
        text: FIELDS,
        values: [card.id, card.version, seesHidden, JSON.stringify(paths)],
      });
      const told = new Map(rows.map((row) => [row.field, row]));
      return {
        event: card.slug,
        version: card.version,
        fields: fields.flatMap((field) => {
          const row = told.get(field);
          const value = row === undefined ? undefined : seen(field, row.value, card);
          return value === undefined ? [] : [tell({ ...row!, value }, citing(card.sources, field))];
        }),
        whole: citing(card.sources, null),
      };
    },
  };
}

/** Members with a value in the order of the answer, each followed by what claims point to inside it. */
function fieldsOf(card: Event): string[] {
  const claimed = [...new Set(card.sources.flatMap(({ claim }) => claim ?? []))];
  return MEMBERS.flatMap((name) => {
    const [own, value] = [pointerOf([name]), card[name as keyof Event]];
    const inside = claimed.filter((claim) => claim.startsWith(`${own}/`));
    if (name === 'details') return [...new Set([...(claimed.includes(own) ? [own] : []), ...namesIn(value, own), ...inside])];
    return hasValue(value) || claimed.includes(own) ? [own, ...inside] : [];
  });
}

const namesIn = (value: unknown, place: string): string[] => Object.keys(value as object).map((name) => place + pointerOf([name]));
const hasValue = (value: unknown): boolean => value !== null && (typeof value !== 'object' || Object.keys(value).length > 0);

/** A relation to an event that readers may not see is not told: the card has left it out. */
function seen(field: string, value: unknown, card: Event): unknown {
  if (!/^\/related(\/|$)/.test(field)) return value;
  const isSeen = (one: unknown) => card.related.some(({ event }) => event === (one as { event?: string }).event);
  if (Array.isArray(value)) return value.filter(isSeen);
  return typeof value === 'object' && isSeen(value) ? value : undefined;
}

const citing = (sources: Citation[], claim: string | null) => ({
  supporting: sources.filter((source) => source.claim === claim && source.stance === 'supports'),
  disputing: sources.filter((source) => source.claim === claim && source.stance === 'disputes'),
});

function tell({ field, value, ...change }: FieldRow, sources: ReturnType<typeof citing>): Provenance['fields'][number] {
  const { version, recorded_at, author, reason } = change;
  const state = sources.disputing.length > 0 ? 'disputed' : sources.supporting.length > 0 ? 'supported' : 'unclaimed';
  return { field, value, state, ...sources, last_changed: { version, recorded_at: recorded_at.toISOString(), author, reason } };
}
