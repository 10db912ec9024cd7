// What a reader is told of a change. Whoever bears a key sees it as it was recorded. To all others an event that is not
// published is not there: it is created when it is published, withdrawn when it is no longer, and what was written in
// between is never told, nor found by a filter.
import { isDeepStrictEqual } from 'node:util';
import type { ChangeEntry, ChangeFilters } from './schema.js';
import type { ChangeRow } from './sql.js';

type State = Record<string, unknown>;
type Changed = ChangeEntry['changed'];

/** What of a change a reader may see. */
interface Seen {
  operation: string;
  /** The documents, as far as the reader may read them. */
  before: State | null;
  after: State | null;
  changed: Changed;
}

/**
 * @param isKnown whether readers without a key were told of the event with this slug
 * @param decides whether the reader is told of proposals that are not decided
 * @returns null where the reader is not to know of it
 */
export function viewOf(row: ChangeRow, seesHidden: boolean, isKnown: (event: string) => boolean, decides = false): View | null {
  const seen =
    row.entity === 'proposal' ? seenOfProposal(row, seesHidden, decides) : seesHidden ? seenByBearer(row) : seenByAll(row, isKnown);
  return seen === null ? null : new View(row, seen);
}

/** A change as one kind of reader sees it. */
export class View {
  readonly entry: ChangeEntry;
  private bytes: Buffer | undefined;

  constructor(
    row: ChangeRow,
    private readonly seen: Seen,
  ) {
    const { entity, id, seq, version, reason, recorded_at, state } = row;
    const slug = entity === 'action_item' ? `${state.plan}/${state.number}` : ((state.slug as string | null | undefined) ?? null);
    const type = entity === 'event' ? ((seen.after ?? seen.before)?.type as string | undefined) : undefined;
    const end = endOf(row, seen);
    this.entry = {
      seq: Number(seq),
      entity,
      id,
      slug,
      url: addressOf(entity, slug ?? id),
      type: type ?? null,
      operation: seen.operation,
      reason,
      version,
      changed: seen.changed,
      tombstone: end === null ? null : { state: end, recorded_at },
      recorded_at,
    };
  }

  matches({ entity, type, operation, actor, topic, initiative }: ChangeFilters): boolean {
    const { before, after } = this.seen;
    const isEvent = this.entry.entity === 'event';
    const names = (wanted: string[] | undefined, namedBy: (state: State) => unknown[]): boolean =>
      wanted === undefined ||
      (isEvent && [before, after].some((state) => state !== null && namedBy(state).some((name) => wanted.includes(name as string))));
    return (
      (entity === undefined || entity.includes(this.entry.entity)) &&
      (operation === undefined || operation.includes(this.entry.operation)) &&
      names(type, (state) => [state.type]) &&
      names(actor, (state) => listOf(state.actors).map((participant) => (participant as State).actor)) &&
      names(topic, (state) => listOf(state.topics)) &&
      names(initiative, (state) => listOf(state.initiatives))
    );
  }

  /** The entry as a server-sent event: made once, however many readers it goes to. */
  get asEvent(): Buffer {
    this.bytes ??= Buffer.from(`id: ${this.entry.seq}\nevent: change\ndata: ${JSON.stringify(this.entry)}\n\n`);
    return this.bytes;
  }
}

/** How it ended, where it is gone after the change; a proposal never is. */
function endOf({ entity, operation, state }: ChangeRow, seen: Seen): NonNullable<ChangeEntry['tombstone']>['state'] | null {
  if (entity === 'proposal') return null;
  if (operation === 'deleted' || operation === 'merged') return operation;
  return seen.operation === 'withdrawn' || state.state === 'withdrawn' ? 'withdrawn' : null;
}

/** What is told of a proposal, to anybody: what it says is read at its address, by whom it is for. */
const TOLD_OF_PROPOSALS = ['kind', 'state', 'target', 'verdict'];

/** Until it is decided only whoever decides is told of it; to all others it is new then. */
function seenOfProposal(row: ChangeRow, seesHidden: boolean, decides: boolean): Seen | null {
  const { operation, is_public, state, before, changed_fields } = row;
  const isDecided = operation === 'accepted' || operation === 'rejected';
  if (!decides && !is_public && !(seesHidden && isDecided)) return null;
  const fields = decides ? TOLD_OF_PROPOSALS.filter((name) => changed_fields.includes(name)) : TOLD_OF_PROPOSALS;
  return { operation, before: null, after: null, changed: compare(fields, decides ? before : null, state) };
}

const seenByBearer = ({ operation, state, before, changed_fields }: ChangeRow): Seen => ({
  operation,
  before,
  after: state,
  changed: compare(changed_fields, before, state),
});

function seenByAll(row: ChangeRow, isKnown: (event: string) => boolean): Seen | null {
  const wasPublic = row.was_public === true;
  if (!row.is_public && !wasPublic) return null;
  const before = wasPublic && isRead(row.before!) ? published(row.before!, isKnown) : null;
  const after = row.is_public && isRead(row.state) ? published(row.state, isKnown) : null;
  return {
    operation: operationFor(row, wasPublic),
    before,
    after,
    changed: after === null ? turnOf(row, wasPublic) : changesOf(row, before, after, wasPublic),
  };
}

function operationFor({ operation, is_public }: ChangeRow, wasPublic: boolean): string {
  if (!is_public) return 'withdrawn';
  return wasPublic || operation === 'created' ? operation : 'published';
}

/** Where the reader sees nothing of what came before, all of it is new: which members were touched would tell of a draft. */
function changesOf(row: ChangeRow, before: State | null, after: State, wasPublic: boolean): Changed {
  const fields = before === null ? Object.keys(after) : row.changed_fields;
  const changed = compare(fields, before, after);
  if (before === null && wasPublic) Object.assign(changed, turnOf(row, wasPublic));
  // What the reader may not see of both is the same to them.
  if (before !== null && changed.related !== undefined && isDeepStrictEqual(changed.related.from, changed.related.to))
    delete changed.related;
  return changed;
}

/** The step from one state of publication to another, and nothing else. */
const turnOf = ({ before, state }: ChangeRow, wasPublic: boolean): Changed => {
  const [from, to] = [(wasPublic && before!.state) || null, state.state ?? null];
  return from === to ? {} : { state: { from, to } };
};

/** Whether readers may read what is public: of a withdrawn event they are told that it was there. */
const isRead = ({ state }: State): boolean => state === undefined || state === 'published';

/** A document without the events that readers were never told of. */
function published(state: State, isKnown: (event: string) => boolean): State {
  const related = relatedIn(state);
  return related.every(isKnown)
    ? state
    : { ...state, related: listOf(state.related).filter((one) => isKnown((one as State).event as string)) };
}

/** The events that a document names. */
export const relatedIn = (state: State | null): string[] => listOf(state?.related).map((one) => (one as State).event as string);

const compare = (fields: string[], before: State | null, after: State | null): Changed =>
  Object.fromEntries(fields.map((name) => [name, { from: before?.[name] ?? null, to: after?.[name] ?? null }]));

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const COLLECTIONS: Record<string, string> = {
  topic: 'topics',
  actor: 'actors',
  source: 'sources',
  initiative: 'initiatives',
  action_plan: 'action-plans',
  action_item: 'action-plans',
  event: 'events',
  proposal: 'proposals',
};

const addressOf = (entity: string, key: string): string =>
  `/v1/${COLLECTIONS[entity] ?? entity}/${entity === 'action_item' ? key.replace('/', '/items/') : key}`;
