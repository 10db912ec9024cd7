// Decides what a reader is told of what was. History answers for deleted and withdrawn resources too; a version that a
// reader may not see answers like one that never was.
import { isId } from '../contract/ids.js';
import type { Listing } from '../contract/page.js';
import { invalidParameters, Problem } from '../errors.js';
import { differencesBetween } from './diff.js';
import { patchBetween } from './patch.js';
import type { RevisionDiff } from './schema.js';
import type { Asked, Past, RevisionStore } from './store.js';

/** A resource, as its history needs it. */
export interface Remembered<Document> {
  noun: string;
  revisions: RevisionStore<Document>;
  /** @throws Problem 404 where there never was one */
  idOf(key: string): Promise<string>;
  missing(key: string): Problem;
}

export interface HistoryOptions<Document> {
  service: Remembered<Document>;
  /** The members that a PUT sends. */
  toMembers: (document: Document) => object;
  /** What readers without a key see of documents: without references to what is hidden. */
  shown?: ((documents: Document[]) => Promise<Document[]>) | undefined;
}

export type History<Document> = ReturnType<typeof createHistory<Document>>;

export function createHistory<Document>({ service, toMembers, shown }: HistoryOptions<Document>) {
  const { revisions, missing } = service;

  const absence = (key: string, version: number, { first, last }: { first: number; last: number }) =>
    `There is no version ${version} of the ${service.noun} ${key}; ${first === last ? `there is version ${first} alone` : `there are versions from ${first} to ${last}`}.`;

  /** Of a version in an address: 404, as for the resource where the reader may see no version of it. */
  async function notThere(key: string, asked: Asked, version: number): Promise<Problem> {
    const span = await revisions.span(asked);
    return span === null ? missing(key) : new Problem('not-found', absence(key, version, span));
  }

  /** Of a version in a range: what lies beyond the last that the reader may see is a mistake in the parameter. */
  async function notInRange(key: string, asked: Asked, version: number): Promise<Problem> {
    const span = await revisions.span(asked);
    if (span === null) return missing(key);
    const detail = absence(key, version, span);
    return version > span.last ? invalidParameters([{ parameter: 'diff', detail }]) : new Problem('not-found', detail);
  }

  async function statesOf(pasts: Past<Document>[], { seesHidden }: Asked): Promise<object[]> {
    const documents = pasts.map(({ state }) => state);
    return (seesHidden || shown === undefined ? documents : await shown(documents)).map(toMembers);
  }

  const askedOf = async (key: string, seesHidden: boolean): Promise<Asked> => ({ id: await service.idOf(key), seesHidden });

  return {
    /** A page of versions, newest first, each as finished JSON. */
    async list(
      key: string,
      seesHidden: boolean,
      query: { limit?: number | undefined; cursor?: string | undefined },
    ): Promise<Listing<string>> {
      const page = await revisions.list(await askedOf(key, seesHidden), query);
      // Each resource has a version, so it is hidden.
      if (page.data.length === 0) throw missing(key);
      return { ...page, data: page.data.map((entry) => JSON.stringify(entry)) };
    },

    async read(key: string, seesHidden: boolean, version: number): Promise<Past<object>> {
      const asked = await askedOf(key, seesHidden);
      const past = (await revisions.read(asked, [version])).get(version);
      if (past === undefined) throw await notThere(key, asked, version);
      const [state] = await statesOf([past], asked);
      return { ...past, state: state! };
    },

    async compare(key: string, seesHidden: boolean, [from, to]: [number, number]): Promise<RevisionDiff> {
      const asked = await askedOf(key, seesHidden);
      const found = await revisions.read(asked, [from, to]);
      const pasts = [from, to].flatMap((version) => found.get(version) ?? []);
      if (pasts.length < 2) throw await notInRange(key, asked, found.has(from) ? to : from);
      const [before, after] = (await statesOf(pasts, asked)) as [object, object];
      const names = await revisions.names(idsIn([before, after]), seesHidden);
      return { from, to, patch: patchBetween(before, after), changes: differencesBetween(before, after, names) } as RevisionDiff;
    },
  };
}

/** The ids that stand in states, to be told by name. */
function idsIn(states: object[]): string[] {
  const found = new Set<string>();
  JSON.stringify(states, (_, value) => {
    if (typeof value === 'string' && isId(value)) found.add(value);
    return value;
  });
  return [...found];
}
