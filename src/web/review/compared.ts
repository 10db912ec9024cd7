// A proposal with what it is compared with: the version that it was made for, the one in force, and the sources that both name.
import { Problem } from '../../errors.js';
import type { Proposal } from '../../proposals/schema.js';
import type { Visit } from '../site.js';

type Members = Record<string, unknown>;

export type Compared = Proposal & {
  /** As writes send it; null for what is new, or gone. */
  before: Members | null;
  /** The version in force; null for what is new, or gone. */
  current: number | null;
  /** Addresses of sources, by id. */
  sources_named: Map<string, string>;
};

/** So many sources of a proposal are named at most. */
const MOST_SOURCES = 30;

/** @param suffix `?tracking=…`, for an author without a key */
export async function compare(id: string, visit: Visit, suffix = ''): Promise<Compared> {
  const whole = await visit.askNow<Proposal>(`/v1/proposals/${encodeURIComponent(id)}${suffix}`);
  const { url, version } = whole.target;
  if (url === null || version === null) return { ...whole, before: null, current: null, sources_named: new Map() };
  const [before, current] = await Promise.all([
    orNull(visit.askNow<{ state: Members }>(`${url}/revisions/${version}`)),
    orNull(visit.askNow<{ version: number }>(url)),
  ]);
  const sources = [before?.state.sources, whole.change?.sources].flatMap((list) => (Array.isArray(list) ? list : []));
  const isChanged = Object.hasOwn(whole.change ?? {}, 'sources');
  return {
    ...whole,
    before: before?.state ?? null,
    current: current?.version ?? null,
    sources_named: isChanged ? await addressesOf(sources, visit) : new Map(),
  };
}

async function addressesOf(citations: Members[], { askNow }: Visit): Promise<Map<string, string>> {
  const ids = new Set(
    citations.map(({ source }) => source).filter((source) => typeof source === 'string' && /^[0-9a-f-]{36}$/.test(source)),
  );
  const found = await Promise.all(
    [...ids].slice(0, MOST_SOURCES).map((id) => orNull(askNow<{ id: string; url: string | null; title: string }>(`/v1/sources/${id}`))),
  );
  return new Map(found.flatMap((one) => (one === null ? [] : [[one.id, one.url ?? one.title]])));
}

/** What is gone, or not for this reader, is nothing to compare with. */
async function orNull<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return null;
    // It was merged into another one.
    if (!(error instanceof Problem) && (error as { location?: string }).location !== undefined) return null;
    throw error;
  }
}

/** Which undecided proposals are of whoever looks at it. */
export async function ownOf({ askNow }: Visit): Promise<Set<string>> {
  try {
    const { data } = await askNow<{ data: { id: string }[] }>(
      '/v1/proposals?author=me&state=open,changes_requested&limit=200&sort=-updated_at',
    );
    return new Set(data.map(({ id }) => id));
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return new Set();
    throw error;
  }
}
