// The timeline, over HTTP: as JSON, in other forms, and counted.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { invalidParameters } from '../errors.js';
import type { AnswerCache } from '../http/answer-cache.js';
import { JSON_TYPE } from '../http/conditional.js';
import { addressOf, pageOf, sendPage } from '../http/listing.js';
import { negotiate } from '../http/negotiation.js';
import { notModified, operation } from '../http/operation.js';
import type { Format } from './formats/format.js';
import { FORMATS } from './formats/index.js';
import { createForms, type OriginOf } from './forms.js';
import {
  type DiffQuery,
  diffQuery,
  type FormQuery,
  formQuery,
  formWithErasQuery,
  type HistogramQuery,
  histogram,
  histogramQuery,
  type TimelineQuery,
  timeline,
  timelineDiff,
  timelineQuery,
} from './schema.js';
import type { TimelineStore } from './store.js';

const shared = { access: 'public', tag: 'Timeline' } as const;
const MEDIA = ['application/json', ...FORMATS.map(({ media_type }) => media_type)];

export const timelineRoutes = (store: TimelineStore, cache: AnswerCache, originOf: OriginOf) => async (app: FastifyInstance) => {
  const makeForm = createForms(store);
  const sendForm = (request: FastifyRequest, reply: FastifyReply, format: Format, query: FormQuery) => {
    const form = { format, query, address: addressOf(request.routeOptions.url!, query), origin: originOf(request) };
    return cache.answer(request, reply, `${format.suffix} ${form.origin}${form.address}`, () => makeForm(form));
  };
  app.addHook('onRequest', cache.recalled);

  app.get<{ Querystring: TimelineQuery }>(
    '/v1/timeline',
    operation({
      ...shared,
      id: 'getTimeline',
      summary: 'Read the timeline',
      description: `Published developments in the order in which they happened: by first day, then the less precise date after the more precise, then by id. Dates are EDTF and may mean a month, a year or an interval; \`from\` and \`to\` ask for overlap with what they mean. Filters of different names all hold; several values of one name mean any of them. Paged by cursor: follow \`page.next\` and \`page.previous\`, which stay right while events are added. Other forms by \`Accept\`, or by suffix: ${FORMATS.map(({ suffix }) => `\`.${suffix}\``).join(', ')}.`,
      querystring: timelineQuery,
      answers: { 200: timeline, 304: notModified },
      problems: [401, 406],
      media: MEDIA,
      example: { url: '/v1/timeline?from=2025-07&to=2025-08&limit=2' },
    }),
    async (request, reply) => {
      const media = negotiate(request, MEDIA);
      const format = FORMATS.find(({ media_type }) => media_type === media);
      if (format !== undefined) return sendForm(request, reply, format, withoutCounts(request.query, format));
      const address = addressOf(request.routeOptions.url!, request.query);
      return cache.answer(request, reply, `json ${address}`, async () => {
        const { meta, facets, seq, isFinal, ...page } = await store.read(request.query);
        return { ...pageOf(address, page, { ...(facets && { facets }), meta }), type: JSON_TYPE, seq, isFinal };
      });
    },
  );

  for (const format of FORMATS) {
    const hasEras = format.suffix === 'timelinejs.json';
    app.get<{ Querystring: FormQuery }>(
      `/v1/timeline.${format.suffix}`,
      operation({
        ...shared,
        id: `getTimelineAs${operationNameOf(format)}`,
        summary: `Read the timeline as ${format.name.replace(/ \(.*/, '')}`,
        description: `The same question as for \`/v1/timeline\`, answered as ${format.name}. ${format.is_feed ? 'The newest recorded first, page by page.' : 'All that match in one answer, unless a limit is given.'}`,
        querystring: hasEras ? formWithErasQuery : formQuery,
        answers: { 200: z.string().meta({ description: format.name }), 304: notModified },
        problems: [401],
        media: [format.media_type],
        example: { url: `/v1/timeline.${format.suffix}?from=2025-07-26&to=2025-07-26&type=pledge&limit=1` },
      }),
      async (request, reply) => sendForm(request, reply, format, request.query),
    );
  }

  app.get<{ Querystring: HistogramQuery }>(
    '/v1/timeline/histogram',
    operation({
      ...shared,
      id: 'getTimelineHistogram',
      summary: 'Count the timeline by time and type',
      description:
        'How many developments fall into each year, quarter, month, week or day, in all and by type, under the same filters as the timeline. Spans without any are there too. `meta.rule` says how imprecise dates count.',
      querystring: histogramQuery,
      answers: { 200: histogram, 304: notModified },
      problems: [401],
      example: { url: '/v1/timeline/histogram?type=export_control&interval=quarter&from=2025&to=2025' },
    }),
    async (request, reply) =>
      cache.answer(request, reply, `json ${addressOf(request.routeOptions.url!, request.query)}`, async () => {
        const { seq, isFinal, ...answer } = await store.histogram(request.query);
        return { body: JSON.stringify(answer), type: JSON_TYPE, seq, isFinal };
      }),
  );

  app.get<{ Querystring: DiffQuery }>(
    '/v1/timeline/diff',
    operation({
      ...shared,
      id: 'getTimelineDiff',
      summary: 'Tell what changed on the timeline between two moments',
      description:
        'What came to the timeline, changed on it and left it between two moments, under the same filters, in the order in which it happened; paged by cursor. An event that another one under a new name shows has changed too.',
      querystring: diffQuery,
      answers: { 200: timelineDiff, 304: notModified },
      problems: [401],
      example: { url: '/v1/timeline/diff?known_from=2025-01-01&type=forum&limit=1' },
    }),
    async (request, reply) => {
      const { meta, ...page } = await store.diff(request.query);
      return sendPage(request, reply, page, { meta });
    },
  );
};

/** "timelinejs.json" is getTimelineAsTimelinejsJson. */
const operationNameOf = ({ suffix }: Format): string => suffix.replace(/(^|\.)([a-z])/g, (_, _dot, letter: string) => letter.toUpperCase());

/** Counts have a place in JSON alone. */
function withoutCounts({ total, facets, ...query }: TimelineQuery, format: Format): FormQuery {
  const counts = { total, facets };
  const asked = Object.keys(counts).filter((name) => counts[name as keyof typeof counts] !== undefined);
  if (asked.length > 0)
    throw invalidParameters(
      asked.map((parameter) => ({ parameter, detail: `${parameter} goes with JSON; ${format.name} has no place for it.` })),
    );
  return query;
}
