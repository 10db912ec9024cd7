// Actors, topics, initiatives and the like by name, however one calls them: for tables, which have names where the API
// takes slugs, and for people who add something and know the first letters of it.
import { type Client, mustAsk } from './client.js';

export type NamedKind = 'actor' | 'topic' | 'initiative' | 'action_plan';

export interface Named {
  slug: string;
  name: string;
  /** What one should know besides, such as the kind of an actor. */
  about: string;
  /** In small letters, all by which it is found. */
  words: string[];
}

const PATHS: Record<NamedKind, string> = {
  actor: '/v1/actors',
  topic: '/v1/topics',
  initiative: '/v1/initiatives',
  action_plan: '/v1/action-plans',
};

interface Answered {
  slug: string;
  name?: string;
  title?: string;
  native_name?: string | null;
  aliases?: string[];
  kind?: string;
}

export type Names = ReturnType<typeof createNames>;

export function createNames(client: Client) {
  const lists = new Map<NamedKind, Promise<Named[]>>();

  async function load(kind: NamedKind): Promise<Named[]> {
    const all: Named[] = [];
    let next: string | null = `${PATHS[kind]}?limit=200`;
    while (next !== null) {
      const { data, page }: { data: Answered[]; page: { next: string | null } } = await mustAsk(client, 'GET', next);
      all.push(...data.map(namedOf));
      next = page.next;
    }
    return all;
  }

  /** Asked for once. */
  function list(kind: NamedKind): Promise<Named[]> {
    if (!lists.has(kind)) lists.set(kind, load(kind));
    return lists.get(kind)!;
  }

  return {
    /** The one that is called exactly so, by its slug, a name or an alias. */
    async find(kind: NamedKind, text: string): Promise<Named | undefined> {
      const asked = text.trim().toLowerCase();
      const all = await list(kind);
      return all.find(({ slug }) => slug === asked) ?? all.find(({ words }) => words.includes(asked));
    },

    /** Those that have the text in a name, the ones that begin with it first. */
    async search(kind: NamedKind, text: string): Promise<Named[]> {
      const asked = text.trim().toLowerCase();
      const rank = ({ words }: Named) => (words.includes(asked) ? 0 : words.some((word) => word.startsWith(asked)) ? 1 : 2);
      const found = (await list(kind)).filter(({ words }) => words.some((word) => word.includes(asked)));
      return found.sort((one, other) => rank(one) - rank(other));
    },
  };
}

const namedOf = ({ slug, name, title, native_name, aliases = [], kind }: Answered): Named => ({
  slug,
  name: name ?? title ?? slug,
  about: kind?.replaceAll('_', ' ') ?? '',
  words: [slug, name ?? title ?? '', native_name ?? '', ...aliases].filter((word) => word !== '').map((word) => word.toLowerCase()),
});
