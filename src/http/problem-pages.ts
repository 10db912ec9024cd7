// The pages that the `type` of a problem leads to: each explains one kind of problem.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { PROBLEMS, Problem, type ProblemCode } from '../errors.js';
import { sendAnswer } from './conditional.js';
import { notModified, operation } from './operation.js';

const page = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    description: z.string().meta({ description: 'When it happens, and what to do.' }),
  })
  .meta({ id: 'ProblemPage', description: 'An explanation of one kind of problem.' });

export async function problemPages(app: FastifyInstance): Promise<void> {
  app.get<{ Params: { code: string } }>(
    '/problems/:code',
    operation({
      id: 'getProblem',
      access: null,
      tag: 'Service',
      summary: 'Explain a kind of problem',
      description: 'What the `type` of an error means and how to mend it.',
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
      return sendAnswer(request, reply, { body: JSON.stringify({ type: `/problems/${code}`, title, status, description: text }) });
    },
  );
}
