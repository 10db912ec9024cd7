// Releases, over HTTP: taken by admins, read, exported and cited by everybody.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { requireRole } from '../http/access.js';
import { sendAnswer, sendStream, writtenAnswer } from '../http/conditional.js';
import { sendOnce } from '../http/idempotency.js';
import { sendPage } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import { cite } from './citation.js';
import {
  label,
  type Release,
  type ReleaseAnswer,
  type ReleaseInput,
  type ReleaseQuery,
  type ReleaseWriteQuery,
  release,
  releaseInput,
  releaseList,
  releaseQuery,
  releaseWriteQuery,
} from './schema.js';
import type { ReleaseStore } from './store.js';

const shared = { tag: 'Releases' } as const;
const params = z.strictObject({ label });
interface Named {
  Params: { label: string };
}

/** Citations as files, for reference managers. */
const CITATIONS = [
  {
    suffix: 'bib',
    id: 'Bibtex',
    name: 'BibTeX',
    media_type: 'application/x-bibtex',
    textOf: ({ bibtex }: ReleaseAnswer['citation']) => bibtex,
  },
  {
    suffix: 'csl.json',
    id: 'CslJson',
    name: 'CSL-JSON',
    media_type: 'application/vnd.citationstyles.csl+json',
    textOf: ({ csl_json }: ReleaseAnswer['citation']) => JSON.stringify([csl_json]),
  },
];
const NDJSON = 'application/x-ndjson';

/** @param originOf under which address the reader reaches this server */
export const releaseRoutes = (store: ReleaseStore, originOf: (request: FastifyRequest) => string) => async (app: FastifyInstance) => {
  const bodyOf = (request: FastifyRequest, one: Release): string => JSON.stringify(toAnswer(one, originOf(request)));

  app.get<{ Querystring: ReleaseQuery }>(
    '/v1/releases',
    operation({
      ...shared,
      access: 'public',
      id: 'listReleases',
      isUntold: true,
      summary: 'List releases',
      description: 'States of the data that can be cited, the newest first. Paged by cursor: follow `page.next`.',
      querystring: releaseQuery,
      answers: { 200: releaseList, 304: notModified },
      problems: [401],
      example: { url: '/v1/releases?total=true' },
    }),
    async (request, reply) => {
      const page = await store.list(request.query);
      return sendPage(request, reply, { ...page, data: page.data.map((one) => bodyOf(request, one)) });
    },
  );

  app.post<{ Body: ReleaseInput; Querystring: ReleaseWriteQuery }>(
    '/v1/releases',
    operation({
      ...shared,
      access: 'admin',
      id: 'createRelease',
      summary: 'Take a release',
      description:
        'Pins the state of the data as of the last change, counts what is in it and digests its export. A release never changes and is never deleted. Answers 201 with `Location`. With `validate_only=true` everything is done and answered, and nothing is kept.',
      querystring: releaseWriteQuery,
      body: releaseInput,
      repeated: 'written',
      answers: { 200: release.meta({ description: 'With validate_only: what would have been.' }), 201: release },
      problems: [401, 403, 409, 413, 415, 422],
      example: { url: '/v1/releases', body: { label: '2026-12', notes: 'All that was recorded up to the end of 2026.' } },
    }),
    async (request, reply) => {
      const author = requireRole(request as FastifyRequest, 'admin');
      const { validate_only } = request.query;
      return sendOnce(
        request as FastifyRequest,
        reply,
        (once) => store.take(request.body, { author, validate_only, once }),
        (taken) => writtenAnswer({ body: bodyOf(request as FastifyRequest, taken) }, validate_only ? undefined : addressOf(taken)),
      );
    },
  );

  app.get<Named>(
    '/v1/releases/:label',
    operation({
      ...shared,
      access: 'public',
      id: 'getRelease',
      summary: 'Read a release',
      description: 'Which change it is pinned to, what was in force then, the digest of its export, and how to cite it.',
      params,
      answers: { 200: release, 304: notModified },
      problems: [401, 404],
      example: { url: '/v1/releases/2026-11' },
    }),
    async (request, reply) => sendAnswer(request, reply, { body: bodyOf(request, await store.get(request.params.label)) }),
  );

  app.get<Named>(
    '/v1/releases/:label/export.ndjson',
    operation({
      ...shared,
      access: 'public',
      id: 'exportRelease',
      summary: 'Read all that a release holds',
      description:
        'One line for each entity that readers saw as of the release, as newline-delimited JSON in its canonical form (RFC 8785), each line ended by LF: `entity`, `id`, `recorded_at`, `state` (the document as a PUT would send it) and `version`, ordered by entity, then by id. The bytes are the same for ever; their SHA-256 is in the release, in `Repr-Digest` (RFC 9530) and in the `ETag`. `npm run verify-release` recomputes it.',
      params,
      answers: { 200: z.string().meta({ description: 'Newline-delimited JSON.' }), 304: notModified },
      problems: [401, 404],
      media: [NDJSON],
      example: { url: '/v1/releases/2026-11/export.ndjson', lines: 2 },
    }),
    async (request, reply) => {
      const { seq, sha256 } = await store.get(request.params.label);
      const headers = { 'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:` };
      return sendStream(request, reply, store.lines(seq), sha256, NDJSON, headers, 'identity');
    },
  );

  for (const { suffix, id, name, media_type, textOf } of CITATIONS) {
    app.get<Named>(
      `/v1/releases/:label/citation.${suffix}`,
      operation({
        ...shared,
        access: 'public',
        id: `citeReleaseAs${id}`,
        summary: `Cite a release, as ${name}`,
        description: `The citation of the release as a file of ${name}, for reference managers.`,
        params,
        answers: { 200: z.string().meta({ description: name }), 304: notModified },
        problems: [401, 404],
        media: [media_type],
        example: { url: `/v1/releases/2026-11/citation.${suffix}` },
      }),
      async (request, reply) => {
        const { citation } = toAnswer(await store.get(request.params.label), originOf(request));
        return sendAnswer(request, reply, { body: textOf(citation) }, media_type);
      },
    );
  }
};

const addressOf = ({ label }: Pick<Release, 'label'>): string => `/v1/releases/${label}`;

const toAnswer = (one: Release, origin: string): ReleaseAnswer => ({
  ...one,
  export_url: `${addressOf(one)}/export.ndjson`,
  timeline_url: `/v1/timeline?release=${one.label}`,
  citation: cite(one, origin),
});
