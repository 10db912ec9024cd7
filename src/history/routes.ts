// The routes of what was: the versions of a resource, one of them whole, the difference between two.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { sendAnswer } from '../http/conditional.js';
import { sendPage } from '../http/listing.js';
import { type Example, notModified, operation } from '../http/operation.js';
import { type RevisionQuery, revision, revisionQuery, revisionsAnswer, versionParam } from './schema.js';
import { createHistory, type HistoryOptions } from './service.js';

export interface RevisionDescription<Document> extends HistoryOptions<Document> {
  /** Where one resource is: "/v1/actors/:key". */
  itself: string;
  params: z.ZodObject;
  tag: string;
  names: { one: string };
  nouns: { one: string };
  /** The key of the store, from the path. */
  keyOf: (params: Record<string, string>) => string;
  /** How to ask for one that has more than one version. */
  example: Example;
  /** What the two are answered, where the first data set has none to ask for. */
  answers?: { list: object; one: object };
  /** Whether a reader is shown all of its versions; where it is left out, whoever bears a key is. */
  seesHidden?: (request: FastifyRequest) => Promise<boolean>;
  /** As Operation has it. */
  isUntold?: boolean;
}

type Params = Record<string, string>;

export function revisionRoutes<Document>(description: RevisionDescription<Document>) {
  const { itself, params, tag, names, nouns, keyOf, example, answers, seesHidden = bearsKey, isUntold = false, ...options } = description;
  const history = createHistory(options);
  const one = `${/^[aeiou]/.test(nouns.one) ? 'an' : 'a'} ${nouns.one}`;

  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Params: Params; Querystring: RevisionQuery }>(
      `${itself}/revisions`,
      operation({
        id: `list${names.one}Revisions`,
        access: 'public',
        isUntold,
        tag,
        summary: `List the versions of ${one}`,
        description: `Every recorded version, newest first: what was done, when, by whom, why, and which members changed. Deleted and withdrawn ones keep theirs. Paged by cursor: follow \`page.next\`. With \`diff=3..7\` it answers what differs between two versions, as a JSON Patch (RFC 6902) and in plain English.`,
        params,
        querystring: revisionQuery,
        answers: { 200: revisionsAnswer, 304: notModified },
        problems: [401, 404],
        example: { ...example, url: `${example.url}/revisions?limit=2`, ...(answers && { answer: answers.list }) },
      }),
      async (request, reply) => {
        const [key, seesAll] = [keyOf(request.params), await seesHidden(request)];
        const { diff, ...query } = request.query;
        if (diff === undefined) return sendPage(request, reply, await history.list(key, seesAll, query));
        return sendAnswer(request, reply, { body: JSON.stringify(await history.compare(key, seesAll, diff)) });
      },
    );

    app.get<{ Params: Params & { version: string } }>(
      `${itself}/revisions/:version`,
      operation({
        id: `get${names.one}Revision`,
        access: 'public',
        isUntold,
        tag,
        summary: `Read a version of ${one}`,
        description: `One recorded version, whole. Its \`state\` is what PUT takes; to put it in force again, POST its number to \`/revert\`.`,
        params: params.extend({ version: versionParam }),
        answers: { 200: revision, 304: notModified },
        problems: [401, 404],
        example: { url: `${example.url}/revisions/1`, ...(answers && { answer: answers.one }) },
      }),
      async (request, reply) => {
        const past = await history.read(keyOf(request.params), await seesHidden(request), Number(request.params.version));
        const above = request.url.split('?')[0]!.replace(/\d+$/, '');
        const addressOf = (version: number | null) => (version === null ? null : `${above}${version}`);
        const [previous, next] = [addressOf(past.previous), addressOf(past.next)];
        return sendAnswer(request, reply, { body: JSON.stringify({ ...past, previous, next }) }, undefined, linksTo(previous, next));
      },
    );
  };
}

const bearsKey = async ({ principal }: FastifyRequest): Promise<boolean> => principal !== null;

/** The neighbours in `Link`, as RFC 5829 names them. */
function linksTo(previous: string | null, next: string | null): Record<string, string> {
  const links = [
    ...(previous === null ? [] : [`<${previous}>; rel="predecessor-version"`]),
    ...(next === null ? [] : [`<${next}>; rel="successor-version"`]),
  ];
  return links.length === 0 ? {} : { link: links.join(', ') };
}
