// Reads the coverage of an action plan: items against columns, gaps and hindrances told apart.

import { countryName } from '../contract/country.js';
import type { MomentQuery } from '../contract/moment.js';
import type { Database } from '../database/connect.js';
import type { Moments } from '../history/moments.js';
import { createReader, type KnowingRow } from '../resources/reading.js';
import { type Coverage, type CoverageQuery, DEFAULT_COLUMNS, EFFECTS, NEWEST } from './schema.js';
import { coverageStatement } from './sql.js';

const RULE =
  'An event counts once in each cell, in the columns of all its actors and countries, and in the span of its first day (of its last day where its beginning is open). The counts of an item are of all events that bear on it, whatever columns are shown.';

type Row = Coverage['items'][number];
type Cell = Row['cells'][number];
type Counts = Pick<Row, 'events' | 'advances' | 'hinders' | 'mentions'>;

interface CoverageRow extends KnowingRow {
  slug: string;
  title: string;
  columns: Coverage['columns'];
  columns_total: number;
  items: Pick<Row, 'number' | 'title' | 'status'>[];
  totals: (Counts & Pick<Row, 'number' | 'last_event_on'>)[];
  cells: (Counts & { number: number; value: string; newest: Cell['newest'] })[];
}

const NONE: Counts = { events: 0, advances: 0, hinders: 0, mentions: 0 };

export type CoverageStore = ReturnType<typeof createCoverageStore>;

export function createCoverageStore(database: Pick<Database, 'reads'>, moments: Moments) {
  const readRows = createReader(database, moments);
  return {
    /** @param plan its id */
    async read(plan: string, { by = 'year', effect, columns = DEFAULT_COLUMNS }: CoverageQuery, moment: MomentQuery) {
      const effects = effect ?? EFFECTS;
      const { rows, seq, isFinal, meta } = await readRows<CoverageRow>(moment, (as_of) =>
        coverageStatement({ plan, by, effects, columns, newest: NEWEST }, as_of),
      );
      const [read] = rows;
      const items = read!.items.map((item) => toRow(item, read!));
      const coverage: Coverage = {
        counted: 'published events',
        plan: { slug: read!.slug, title: read!.title },
        by,
        effects: [...effects],
        columns: by === 'country' ? read!.columns.map((column) => ({ ...column, name: countryName(column.value) })) : read!.columns,
        columns_total: read!.columns_total,
        items,
        gaps: items.filter(({ is_gap }) => is_gap).map(({ number }) => number),
        hindered: items.filter(({ is_hindered }) => is_hindered).map(({ number }) => number),
        meta: { ...meta, rule: RULE },
      };
      return { coverage, seq, isFinal };
    },
  };
}

function toRow({ number, title, status }: CoverageRow['items'][number], { totals, cells, columns }: CoverageRow): Row {
  const {
    number: _,
    last_event_on,
    ...counts
  } = totals.find((total) => total.number === number) ?? { ...NONE, number, last_event_on: null };
  const own = new Map(cells.filter((cell) => cell.number === number).map((cell) => [cell.value, cell]));
  return {
    number,
    title,
    status,
    ...counts,
    balance: counts.advances - counts.hinders,
    last_event_on,
    is_gap: counts.events === 0,
    is_hindered: counts.hinders > 0,
    cells: columns.flatMap(({ value }): Cell[] => {
      const cell = own.get(value);
      if (cell === undefined) return [];
      const { number: _, value: column, newest, ...rest } = cell;
      return [{ column, ...rest, newest }];
    }),
  };
}
