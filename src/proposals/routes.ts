// The routes of proposals: sending one, following it, and the steps of a review. Who may take a step is said here; from
// which state, and that nobody decides on their own, in review.ts.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { revisionRoutes } from '../history/routes.js';
import { type Access, requireRole } from '../http/access.js';
import { fillBody } from '../http/bodies.js';
import { readIfMatch, sendAnswer, sendWritten, writtenAnswer } from '../http/conditional.js';
import { sendOnce } from '../http/idempotency.js';
import { sendPage } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import type { limitStrangers } from '../http/strangers.js';
import { EXAMPLE_BODY, ITSELF, REVISION_EXAMPLES, SHOWN, SHOWN_LIST } from './examples.js';
import {
  type KeepQuery,
  keepQuery,
  keepTrackedQuery,
  type ProposalInput,
  type ProposalPatch,
  type ProposalQuery,
  proposal,
  proposalId,
  proposalInput,
  proposalList,
  proposalPatch,
  proposalQuery,
  trackingQuery,
} from './schema.js';
import type { ProposalService } from './service.js';
import { STEPS, type StepBody } from './steps.js';
import { toMembers, type Viewer } from './view.js';

export interface ProposalRoutesOptions {
  proposals: ProposalService;
  /** Hooks that limit whoever bears no key; null where a key of any role is needed. */
  strangers: ReturnType<typeof limitStrangers> | null;
}

const tag = 'Proposals';
const params = z.strictObject({ id: proposalId });

interface One {
  Params: { id: string };
}

const viewerOf = (request: FastifyRequest): Viewer => ({
  principal: request.principal,
  tracking: (request.query as { tracking?: string }).tracking,
});

export const proposalRoutes = ({ proposals, strangers }: ProposalRoutesOptions) => {
  /** Who may send one, and go on with their own. */
  const sending: Access = strangers === null ? 'contributor' : 'public';
  const limits = strangers ?? {};

  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Querystring: ProposalQuery }>(
      '/v1/proposals',
      operation({
        id: 'listProposals',
        access: 'public',
        isUntold: true,
        tag,
        summary: 'List proposals',
        description:
          'The queue of editors, oldest first: all of them, for editors. The bearer of another key is told of their own and of those that are decided; readers without a key of those that are decided. What a rejected one said is for its author and for editors. Paged by cursor: follow `page.next`.',
        querystring: proposalQuery,
        answers: { 200: proposalList, 304: notModified },
        problems: [401, 403],
        example: { url: '/v1/proposals?state=accepted&limit=1', answer: SHOWN_LIST },
      }),
      async (request, reply) => {
        if (request.query.taken_by !== undefined) requireRole(request, 'editor');
        return sendPage(request, reply, await proposals.list(request.query, viewerOf(request)));
      },
    );

    app.get<One>(
      '/v1/proposals/:id',
      operation({
        id: 'getProposal',
        access: 'public',
        tag,
        summary: 'Read a proposal',
        description:
          'Whoever has its address may read it, decided or not; nobody can guess one. `similar` are the events that it may be a duplicate of, as of now. With `tracking`, or the key that sent it, its author also reads the comments, and what it said after it was rejected.',
        params,
        querystring: trackingQuery,
        answers: { 200: proposal, 304: notModified },
        problems: [401, 404],
        example: { url: ITSELF, answer: SHOWN },
      }),
      async (request, reply) =>
        sendAnswer(request, reply, await proposals.get(request.params.id, viewerOf(request)), undefined, {
          'cache-control': 'private, no-cache',
        }),
    );

    app.post<{ Body: ProposalInput; Querystring: KeepQuery }>(
      '/v1/proposals',
      {
        ...operation({
          id: 'createProposal',
          access: sending,
          tag,
          summary: 'Propose a change',
          description:
            'A new resource (`target` without `id`), a change to one that is there (a merge patch against a version), or its withdrawal (`change` null), with a rationale and at least one source: in `sources`, or among those of the change itself. It is checked by really doing it and undoing it again, so that what is wrong is told now (422, with pointers below `/change`). The answer lists events that it may be a duplicate of, and `url` is where to follow it. On a server that takes proposals from everybody no key is needed, with tighter limits; `url` then holds the secret that shows who its author is.',
          querystring: keepQuery,
          body: proposalInput,
          repeated: 'written',
          answers: { 200: proposal.meta({ description: 'With validate_only: what would have been.' }), 201: proposal },
          problems: [401, 403, 409, 413, 415, 422],
          example: { url: '/v1/proposals', body: EXAMPLE_BODY, answer: SHOWN },
        }),
        ...limits,
      },
      async (request, reply) => {
        const { validate_only } = request.query;
        const create = (once: Once) => proposals.create(request.body, viewerOf(request), { validate_only, once });
        return sendOnce(request, reply, create, (made) => writtenAnswer(made, validate_only ? undefined : made.address));
      },
    );

    app.patch<One & { Body: ProposalPatch; Querystring: KeepQuery }>(
      '/v1/proposals/:id',
      {
        ...operation({
          id: 'reviseProposal',
          access: sending,
          tag,
          summary: 'Revise a proposal',
          description:
            'By its author, once an editor has asked for changes: it is open again then. Each member that is sent takes the place of the old one whole, since nulls in `change` are part of it. Send `If-Match` to be sure that nobody changed it meanwhile.',
          params,
          querystring: keepTrackedQuery,
          body: proposalPatch,
          answers: { 200: proposal },
          problems: [401, 403, 404, 409, 412, 413, 415, 422],
          example: { url: ITSELF, body: { rationale: 'The second source has the date, too.' }, answer: SHOWN },
        }),
        ...limits,
      },
      async (request, reply) =>
        sendWritten(reply, writtenAnswer(await proposals.revise(request.params.id, request.body, viewerOf(request), keepingOf(request)))),
    );

    for (const { name, id, by, summary, description, body, example, take } of STEPS)
      app.post<One & { Body: StepBody; Querystring: KeepQuery }>(
        `/v1/proposals/:id/${name}`,
        {
          ...operation({
            id,
            access: by === 'author' ? sending : by,
            tag,
            summary,
            description: `${description} Send \`If-Match\` to be sure that it is what you read; a step that cannot be taken any more answers 409.`,
            params,
            querystring: by === 'author' ? keepTrackedQuery : keepQuery,
            body,
            repeated: 'written',
            answers: { 200: proposal },
            problems: [401, 403, 404, 409, 412, 413, 415, 422],
            example: { url: `${ITSELF}/${name}`, body: example, answer: SHOWN },
          }),
          ...(by === 'author' && limits),
          preValidation: by === 'author' && strangers !== null ? [strangers.preValidation, fillBody] : fillBody,
        },
        async (request, reply) => {
          const step = (once: Once) => take(proposals, request.params.id, viewerOf(request), { ...keepingOf(request), once }, request.body);
          return sendOnce(request, reply, step, writtenAnswer);
        },
      );

    await revisionRoutes({
      ...{ itself: '/v1/proposals/:id', params, tag, names: { one: 'Proposal' }, nouns: { one: 'proposal' } },
      service: proposals,
      keyOf: ({ id }) => id!,
      isUntold: true,
      toMembers,
      shown: proposals.shown,
      seesHidden: (request) => proposals.seesAll((request.params as One['Params']).id, viewerOf(request)),
      example: { url: ITSELF },
      answers: REVISION_EXAMPLES,
    })(app);
  };
};

type Once = Parameters<ProposalService['create']>[2]['once'];

const keepingOf = ({ query, headers }: FastifyRequest) => ({
  validate_only: (query as KeepQuery).validate_only,
  versions: readIfMatch(headers['if-match']),
});
