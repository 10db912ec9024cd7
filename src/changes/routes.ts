// The feed of changes, over HTTP: asked for page by page, and as a stream of server-sent events.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sendAnswer } from '../http/conditional.js';
import { createEventStreams, EVENT_STREAM, EVENT_STREAM_HEADERS, type EventStreamsOptions } from '../http/event-stream.js';
import { addressOf } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import { createChangeHub, type HubOptions } from './hub.js';
import { checkPosition, readLastEventId } from './position.js';
import { type ChangesQuery, changeList, changesQuery, DEFAULT_LIMIT, type StreamQuery, streamQuery } from './schema.js';
import type { ChangeStore } from './store.js';

interface Options extends Pick<HubOptions, 'onChange'> {
  store: ChangeStore;
  /** For how long changes are kept in the feed, in days; 0 for ever. */
  keptDays: number;
  streams: EventStreamsOptions;
  /** Told how to see how many readers there are, and how far behind. */
  watch?: (figures: () => Promise<{ open: number; lag: number }>) => void;
}

const ABOUT = `An entry tells what happened to which resource, and each member that changed with its value before and after. Readers without a key see what is published: an event that is no longer published is withdrawn, one that is published later is new to them. Bearers of a key see every change; of proposals that are not decided only editors are told.`;

const EXAMPLE = `id: 412
event: change
data: {"seq":412,"entity":"topic","id":"01985c2e-0000-7000-8000-000000000001","slug":"export-controls","url":"/v1/topics/export-controls","type":null,"operation":"updated","reason":"editorial","version":2,"changed":{"description":{"from":null,"to":"Rules on what may be sold abroad."}},"tombstone":null,"recorded_at":"2025-07-27T08:00:00.000Z"}

`;

export const changeRoutes =
  ({ store, onChange, keptDays, streams: bounds, watch }: Options) =>
  async (app: FastifyInstance): Promise<void> => {
    const streams = createEventStreams(bounds);
    const hub = createChangeHub({
      store,
      onChange,
      onFailure: (error) => app.log.warn({ err: error }, 'the changes cannot be read; trying again'),
    });
    watch?.(async () => ({ open: streams.count, lag: await hub.lag() }));
    app.addHook('preClose', async () => streams.endAll());

    app.get<{ Querystring: ChangesQuery }>(
      '/v1/changes',
      operation({
        id: 'listChanges',
        access: 'public',
        isUntold: true,
        tag: 'Changes',
        summary: 'List what changed since a position',
        description: `Every recorded change after \`since\`, once each, in the order of commits: whoever follows \`page.next\`, now or later, misses none and meets none twice. ${ABOUT} A page may be shorter than its limit while there is more: \`meta.position\` is less than \`meta.last_seq\` then.`,
        querystring: changesQuery,
        answers: { 200: changeList, 304: notModified },
        problems: [401, 410],
        example: { url: '/v1/changes?since=0&limit=1&entity=topic' },
      }),
      async (request, reply) => {
        const { since = 0, limit = DEFAULT_LIMIT, ...filters } = request.query;
        await store.reach(since);
        await checkPosition(store, since, keptDays);
        const { entries, position, lastSeq } = await store.read({ since, limit, filters, ...sightOf(request) });
        const next = addressOf('/v1/changes', { since: position, ...filters, limit: request.query.limit });
        const body = JSON.stringify({ data: entries, page: { next, limit }, meta: { last_seq: lastSeq, position } });
        return sendAnswer(request, reply, { body }, undefined, { link: `<${next}>; rel="next"` });
      },
    );

    app.get<{ Querystring: StreamQuery }>(
      '/v1/changes/stream',
      operation({
        id: 'streamChanges',
        access: 'public',
        tag: 'Changes',
        summary: 'Follow changes as they are made',
        description: `Server-sent events, as \`EventSource\` reads them: \`id\` is the number of the change, \`event\` is \`change\`, \`data\` an entry as \`/v1/changes\` lists it. With \`since\`, or \`Last-Event-ID\`, which goes before it, what was missed comes first; without either it begins now. ${ABOUT} A stream with a key ends after some minutes, and one whose reader does not keep up is cut off; either goes on where it was with \`Last-Event-ID\`.`,
        querystring: streamQuery,
        answers: { 200: z.string().meta({ description: 'Server-sent events, without an end.' }) },
        problems: [401, 410],
        media: [EVENT_STREAM],
        example: { url: '/v1/changes/stream', answer: EXAMPLE },
      }),
      async (request, reply) => {
        const { since: asked, ...filters } = request.query;
        const resumed = readLastEventId(request.headers['last-event-id'] as string | undefined);
        const since = resumed ?? asked ?? (await store.last());
        if (resumed !== null || asked !== undefined)
          await checkPosition(store, since, keptDays, resumed === null ? 'since' : 'Last-Event-ID');
        // HEAD is answered as GET is, and the stream ends before it begins.
        if (request.method === 'HEAD') return reply.headers(EVENT_STREAM_HEADERS).send();
        hub.join(streams.open(request, reply), { since, filters, ...sightOf(request) });
        return reply;
      },
    );
  };

/** What a reader is told of that others are not. */
const sightOf = ({ principal }: FastifyRequest) => ({
  seesHidden: principal !== null,
  decides: principal !== null && principal.role !== 'contributor',
});
