// The pages that the `type` of a problem leads to: each explains one kind of problem, to programs as JSON and to people as
// a page of the site.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PROBLEMS, Problem, type ProblemCode } from '../errors.js';
import { type Sent, sendAnswer } from './conditional.js';
import { notModified, operation } from './operation.js';

const page = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    description: z.string().meta({ description: 'When it happens, and what to do.' }),
  })
  .meta({ id: 'ProblemPage', description: 'An explanation of one kind of problem.' });
export type ProblemPage = z.output<typeof page>;

/** Sends an explanation as a page to who would rather have one; null to all others. */
export type Explain = (request: FastifyRequest, reply: FastifyReply, about: ProblemPage) => Sent | null;

export const problemPages = (explain: Explain) => async (app: FastifyInstance) => {
  app.get<{ Params: { code: string } }>(
    '/problems/:code',
    operation({
      id: 'getProblem',
      access: null,
      tag: 'Service',
      summary: 'Explain a kind of problem',
      description: 'What the `type` of an error means and how to mend it; browsers are shown a page.',
      params: z.strictObject({ code: z.string().meta({ description: 'The last part of the `type`.' }) }),
      answers: { 200: page, 304: notModified },
      problems: [404],
      example: { url: '/problems/validation-error' },
    }),
    async (request, reply) => {
      const { code } = request.params;
      if (!Object.hasOwn(PROBLEMS, code))
        throw new Problem('not-found', `There is no kind of problem ${code.slice(0, 60)}; there are ${Object.keys(PROBLEMS).join(', ')}.`);
      const { status, title, text } = PROBLEMS[code as ProblemCode];
      const about = { type: `/problems/${code}`, title, status, description: text };
      return explain(request, reply, about) ?? sendAnswer(request, reply, { body: JSON.stringify(about) });
    },
  );
};
