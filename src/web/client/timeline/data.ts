// What the chart draws, asked of the API: of a span that holds few developments those themselves, of one that holds many how
// many there are in each lane and bucket. Answers are remembered for as long as the question is the same.
import type { Event } from '../../../timeline/formats/format.js';
import { askData } from '../key/key.js';
import { DAY, dayOf, type Span, startOf, type View } from './view.js';

export interface Bucket {
  start_date: string;
  end_date: string;
  total: number;
  by_type: Record<string, number>;
}

export type Item = Pick<Event, 'id' | 'slug' | 'type' | 'title' | 'date' | 'start_date' | 'end_date' | 'date_precision' | 'significance'> &
  Pick<Event, 'certainty' | 'actors' | 'initiatives'>;

/** What a lane is of, and how it is called. */
export interface LaneName {
  value: string;
  name: string;
}

/** Either the developments of a span, or how many there are of them in each lane. */
export type Drawn = { span: Span } & ({ items: Item[] } | { heat: Map<string, Bucket[]> });

/** A span with more than this is drawn as counts. */
const MOST_ITEMS = 400;
const PAGE = 200;
const MOST_LANES = 10;

const INTERVALS = [
  ['day', 160],
  ['week', 1_100],
  ['month', 4_800],
  ['quarter', 15_000],
] as const;
/** The finest that leaves buckets wide enough to see. */
export const intervalOf = ([start, end]: Span): string => INTERVALS.find(([, days]) => (end - start) / DAY <= days)?.[0] ?? 'year';

export function createSource({ asked, group, extent }: Pick<View, 'asked' | 'group' | 'extent'>) {
  const answers = new Map<string, Promise<unknown>>();
  const ask = <Answer>(path: string, more: Record<string, string>): Promise<Answer> => {
    const query = new URLSearchParams(asked);
    for (const [name, value] of Object.entries(more)) query.set(name, value);
    const address = `${path}?${query}`;
    const answer = answers.get(address) ?? askData<Answer>(address);
    answers.set(address, answer);
    answer.catch(() => answers.delete(address));
    return answer as Promise<Answer>;
  };
  const histogram = async (more: Record<string, string>) => (await ask<{ data: Bucket[] }>('/v1/timeline/histogram', more)).data;
  const spanOf = ([start, end]: Span) => ({ from: dayOf(start), to: dayOf(end - 1) });

  const whole = (): Promise<Bucket[]> => histogram({ interval: intervalOf(extent) === 'year' ? 'year' : coarser(extent) });

  return {
    /** Of all that there is, under the histogram. */
    whole,

    async lanes(): Promise<LaneName[]> {
      const { facets } = await ask<{ facets: Record<string, { value: string; name: string | null }[]> }>('/v1/timeline', {
        limit: '1',
        facets: group,
      });
      const named = (facets[group] ?? []).slice(0, group === 'type' ? 20 : MOST_LANES);
      return named.map(({ value, name }) => ({ value, name: name ?? wordsOf(value) }));
    },

    async read(span: Span, lanes: LaneName[]): Promise<Drawn> {
      // Where the bars within it tell that there are too many, none of them need come.
      const bars = (await whole()).filter(
        ({ start_date, end_date }) => startOf(start_date) >= span[0] && startOf(end_date) + DAY <= span[1],
      );
      if (bars.reduce((sum, { total }) => sum + total, 0) > MOST_ITEMS) return { span, heat: await readHeat(span, lanes) };
      const first = await ask<Page>('/v1/timeline', { ...spanOf(span), limit: String(PAGE), total: 'true' });
      if (first.page.total <= MOST_ITEMS) {
        const rest = first.page.next === null ? [] : (await askData<Page>(first.page.next)).data;
        return { span, items: [...first.data, ...rest] };
      }
      return { span, heat: await readHeat(span, lanes) };
    },
  };

  async function readHeat(span: Span, lanes: LaneName[]): Promise<Map<string, Bucket[]>> {
    const more = { ...spanOf(span), interval: intervalOf(span) };
    if (group !== 'type') {
      const each = await Promise.all(lanes.map(async ({ value }) => [value, await histogram({ ...more, [group]: value })] as const));
      return new Map(each);
    }
    const all = await histogram(more);
    return new Map(lanes.map(({ value }) => [value, all.map((bucket) => ({ ...bucket, total: bucket.by_type[value] ?? 0 }))]));
  }
}

interface Page {
  data: Item[];
  page: { next: string | null; total: number };
}

/** Bars of the histogram are fewer than days. */
const coarser = ([start, end]: Span): string => {
  const days = (end - start) / DAY;
  return days < 120 ? 'day' : days < 800 ? 'week' : days < 5_500 ? 'month' : days < 15_000 ? 'quarter' : 'year';
};

const wordsOf = (value: string): string => `${value.charAt(0).toUpperCase()}${value.slice(1)}`.replaceAll('_', ' ');

export type Source = ReturnType<typeof createSource>;
