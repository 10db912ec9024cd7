// The routes of a resource: list, read, create, replace, patch, delete, restore. One description of a resource makes
// them all, so that no resource can forget a check that another one has.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { check } from '../contract/check.js';
import { key } from '../contract/ids.js';
import { type MomentQuery, momentMembers, momentQuery, type ValidMomentQuery, validMomentQuery } from '../contract/moment.js';
import { type WriteQuery, writeQuery } from '../contract/write.js';
import { invalidBody } from '../errors.js';
import { revisionRoutes } from '../history/routes.js';
import { type RevertBody, revertBody } from '../history/schema.js';
import { type Access, requireRole } from '../http/access.js';
import { readIfMatch, sendAnswer, sendWritten, writtenAnswer } from '../http/conditional.js';
import { sendOnce } from '../http/idempotency.js';
import { sendPage } from '../http/listing.js';
import { type Example, notModified, type Operation, operation } from '../http/operation.js';
import type { ResourceDescription } from './description.js';
import { type Json, mergePatch } from './merge-patch.js';
import type { ChangeOptions } from './service.js';

type Params = Record<string, string>;
type Once = ChangeOptions['once'];
type Why = { reason?: string | undefined; comment?: string | undefined };
interface Shape {
  Params: Params;
  Querystring: WriteQuery & Pick<ChangeOptions, 'reject_duplicates'>;
}

export function resourceRoutes<Input, Body, Document extends object, Query>({
  parameter = 'key',
  ...resource
}: ResourceDescription<Input, Body, Document, Query>) {
  const { path, tag, names, nouns, about, service, forms, examples } = resource;
  const article = /^[aeiou]/.test(nouns.one) ? 'an' : 'a';
  const itself = `${path}/:${parameter}`;
  const above = resource.params ?? z.strictObject({});
  const params = above.extend({
    [parameter]:
      parameter === 'key'
        ? key
        : z
            .string()
            .regex(/^\d{1,4}$/, { error: `${parameter} is a whole number.` })
            .meta({ description: `The ${parameter} of the ${nouns.one}.` }),
  });
  const keyOf = resource.keyOf ?? ((params: Params) => params[parameter]!);
  const toMembers = resource.toMembers ?? ((document: Document) => document as object);

  const created = resource.created?.answer ?? resource.answer;

  const declare = (id: string, access: Access, example: Example, rest: Omit<Operation, 'id' | 'access' | 'tag' | 'example'>) =>
    operation({ id, access, tag, example, ...rest });

  /** What is made of a document is checked like what is sent. */
  function inputOf(members: unknown, params: Params): Input {
    const { value, faults } = check(forms.input, members, 'body');
    if (faults !== undefined) throw invalidBody(faults);
    return resource.toInput(value, params);
  }

  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      path,
      declare(
        `list${names.many}`,
        'public',
        { url: examples.list },
        {
          summary: `List ${nouns.many}`,
          description: `${about.list} Paged by cursor: follow \`page.next\`.`,
          params: above,
          querystring: resource.query.extend(momentMembers),
          answers: { 200: resource.list, 304: notModified },
          problems: [401, 403, ...(resource.params ? [404, 410] : [])],
        },
      ),
      async (request, reply) => {
        const { known_at, release, ...asked } = request.query as MomentQuery;
        const moment = { known_at, release };
        const query = await resource.toQuery(asked as never, request, moment);
        return sendPage(request, reply, await service.list(query, moment));
      },
    );

    app.get<{ Params: Params; Querystring: ValidMomentQuery }>(
      itself,
      declare(
        `get${names.one}`,
        'public',
        { url: examples.get },
        {
          summary: `Read ${article} ${nouns.one}`,
          description: `${about.get} The \`ETag\` serves \`If-None-Match\` here and \`If-Match\` on writes.`,
          params,
          querystring: resource.takesValidAt ? validMomentQuery : momentQuery,
          answers: { 200: resource.answer, 304: notModified },
          problems: [...(resource.moves ? [301] : []), 401, 404, 410],
        },
      ),
      async (request, reply) => {
        const found = await service.get(keyOf(request.params), request.principal !== null, request.query);
        const { follows } = resource;
        if (follows !== undefined) reply.follows = () => follows(String(found.body));
        return sendAnswer(request, reply, found);
      },
    );

    app.post<Shape>(
      path,
      declare(
        `create${names.one}`,
        'editor',
        { url: examples.list.split('?')[0]!, body: examples.post },
        {
          summary: `Add ${article} ${nouns.one}`,
          description: `${about.write} Answers 201 with \`Location\`. With \`validate_only=true\` everything is checked and answered, and nothing is kept.`,
          params: above,
          querystring: writeQuery.extend(resource.created?.parameters ?? {}),
          body: forms.body,
          repeated: 'written',
          answers: { 200: created.meta({ description: 'With validate_only: what would have been.' }), 201: created },
          problems: [401, 403, ...(resource.params ? [404] : []), 409, 413, 415, 422],
        },
      ),
      async (request, reply) => {
        const { input, ...why } = request.body as { input: Body } & Why;
        const change = changeOf(request, why);
        const create = (once: Once) => service.create(resource.toInput(input, request.params), { ...change, once });
        return sendOnce(request, reply, create, (body) => writtenAnswer(body, change.validate_only ? undefined : body.address));
      },
    );

    app.put<Shape>(
      itself,
      declare(
        `replace${names.one}`,
        'editor',
        { url: examples.get, body: examples.put ?? examples.post },
        {
          summary: `Replace ${article} ${nouns.one}`,
          description: `${about.write} What is left out goes back to its default. Send \`If-Match\` to be sure that nobody changed it meanwhile.`,
          params,
          querystring: writeQuery,
          body: forms.body,
          answers: { 200: resource.answer },
          problems: [401, 403, 404, 409, 410, 412, 413, 415, 422],
        },
      ),
      async (request, reply) => {
        const { input, ...why } = request.body as { input: Body } & Why;
        const toInput = () => resource.toInput(input, request.params);
        return sendWritten(reply, writtenAnswer(await service.update(keyOf(request.params), toInput, changeOf(request, why))));
      },
    );

    app.patch<Shape>(
      itself,
      declare(
        `update${names.one}`,
        'editor',
        { url: examples.get, body: examples.patch },
        {
          summary: `Change ${article} ${nouns.one}`,
          description: `A JSON Merge Patch (RFC 7396): what is left out stays as it is, null removes, lists are replaced whole. Send \`If-Match\` to be sure that nobody changed it meanwhile.`,
          params,
          querystring: writeQuery,
          body: forms.patch,
          answers: { 200: resource.answer },
          problems: [401, 403, 404, 409, 410, 412, 413, 415, 422],
        },
      ),
      async (request, reply) => {
        const { reason, comment, ...patch } = request.body as Record<string, Json> & Why;
        const change = changeOf(request, { reason, comment });
        const merge = (document: Document) => inputOf(mergePatch(toMembers(document) as Json, patch), request.params);
        return sendWritten(reply, writtenAnswer(await service.update(keyOf(request.params), merge, change)));
      },
    );

    app.delete<Shape>(
      itself,
      declare(
        `delete${names.one}`,
        'editor',
        { url: examples.get },
        {
          summary: `Delete ${article} ${nouns.one}`,
          description: `The delete is soft: reading it answers 410 with its tombstone, and restoring it brings it back. What is still in use answers 409.`,
          params,
          querystring: writeQuery,
          answers: { 204: z.null().meta({ description: 'Deleted.' }) },
          problems: [401, 403, 404, 409, 410, 412],
        },
      ),
      async (request, reply) => {
        await service.remove(keyOf(request.params), changeOf(request, request.query));
        return reply.code(204).header('cache-control', 'no-store').send();
      },
    );

    app.post<Shape>(
      `${itself}/restore`,
      declare(
        `restore${names.one}`,
        'editor',
        { url: `${examples.get}/restore` },
        {
          summary: `Restore ${article} ${nouns.one}`,
          description: `Brings back what was deleted or withdrawn, as a new version.`,
          params,
          querystring: writeQuery,
          repeated: 'written',
          answers: { 200: resource.answer },
          problems: [401, 403, 404, 409, 412, 422],
        },
      ),
      async (request, reply) => {
        const restore = (once: Once) => service.restore(keyOf(request.params), { ...changeOf(request, request.query), once });
        return sendOnce(request, reply, restore, writtenAnswer);
      },
    );

    const example = { url: examples.get, after: { url: examples.get, body: examples.change ?? examples.patch } };
    await revisionRoutes({ itself, params, tag, names, nouns, service, keyOf, toMembers, shown: resource.shown, example })(app);

    app.post<Shape>(
      `${itself}/revert`,
      declare(
        `revert${names.one}`,
        'editor',
        { url: `${examples.get}/revert`, body: { version: 1, reason: 'correction' } },
        {
          summary: `Revert ${article} ${nouns.one} to a version`,
          description: `Puts the content of an earlier version in force again, as a new version. What it refers to must still be there. Send \`If-Match\` to be sure that nobody changed it meanwhile.`,
          params,
          querystring: writeQuery,
          body: revertBody,
          repeated: 'written',
          answers: { 200: resource.answer },
          problems: [401, 403, 404, 409, 410, 412, 413, 415, 422],
        },
      ),
      async (request, reply) => {
        const { version, ...why } = request.body as RevertBody;
        const toInput = (document: Document) => inputOf(toMembers(document), request.params);
        const revert = (once: Once) => service.revert(keyOf(request.params), version, toInput, { ...changeOf(request, why), once });
        return sendOnce(request, reply, revert, writtenAnswer);
      },
    );
  };
}

/** Who writes, why, on which versions, and whether to keep it. */
export function changeOf(request: FastifyRequest<{ Querystring: Shape['Querystring'] }>, { reason, comment }: Why): ChangeOptions {
  const principal = requireRole(request as FastifyRequest, 'editor');
  return {
    author_id: principal.id,
    author_name: principal.name,
    reason: reason ?? request.query.reason,
    comment: comment ?? request.query.comment,
    validate_only: request.query.validate_only,
    reject_duplicates: request.query.reject_duplicates,
    versions: readIfMatch(request.headers['if-match']),
  };
}
