// The published description of the API: OpenAPI 3.1, made from the same zod schemas that check requests. The running
// server serves the finished document; `npm run openapi` makes it, and a test holds that the two agree.
import swagger from '@fastify/swagger';
import swaggerUi, { type FastifySwaggerUiOptions } from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { sendAnswer } from './conditional.js';
import { notModified, operation } from './operation.js';
import { registerPages } from './security-headers.js';

/** In the order in which the document shows them. */
const TAGS = [
  { name: 'Timeline', description: 'Developments in the order in which they happened.' },
  { name: 'Events', description: 'Dated developments, each with its sources.' },
  { name: 'Initiatives', description: 'Policy processes followed over time.' },
  { name: 'Action plans', description: 'Numbered lists of commitments, and what became of them.' },
  { name: 'Actors', description: 'Who takes part.' },
  { name: 'Sources', description: 'Where the facts come from.' },
  { name: 'Topics', description: 'Controlled keywords.' },
  { name: 'Quality', description: 'What the record lacks, as lists to work through.' },
  { name: 'Proposals', description: 'Changes that somebody suggests, until an editor decides.' },
  { name: 'Changes', description: 'Every recorded change, once and in order: to ask for, or as a stream.' },
  { name: 'Releases', description: 'States of the data that can be cited and checked.' },
  { name: 'Webhooks', description: 'Changes sent to other servers as they happen (Standard Webhooks), for admins.' },
  { name: 'Keys', description: 'API keys, for admins.' },
  { name: 'Service', description: 'Health, and the description of the API itself.' },
];

/** What puts Swagger UI into the frame of the site: styles, a script and an icon, as text. */
export interface Dressing {
  css: string;
  js: string;
  icon: string;
}

const DESCRIPTION = `Demarche records dated policy developments with their sources and shows them in order.

**Reading** needs no key, unless the server is a private one. **Writing** needs one of the role editor: press *Authorize* and paste it. One of the role contributor proposes changes.

Dates are EDTF (ISO 8601-2) and may be imprecise: \`2025-07-26\`, \`2025-07\`, \`2025-07~\`, \`2025-07-26/2025-07-28\`.
Errors are \`application/problem+json\` (RFC 9457) and say how to mend what was sent. Every GET carries an \`ETag\`.
Every write answers a \`Consistency-Token\`: a read that sends it back is never answered from before that write, whichever process or replica answers.
Within \`/v1\` members are only ever added, and lists of values may grow.`;

const BEARER =
  'An API key, as `POST /v1/keys` or `npm run keys` gives it; or an access token (a JWT) of the OpenID Connect issuer that this server trusts, where it trusts one.';

const INFO = {
  openapi: '3.1.0',
  info: {
    title: 'Demarche',
    version: '1.0.0',
    description: DESCRIPTION,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    contact: { name: 'The editors of this server' },
  },
  servers: [{ url: '/', description: 'This server' }],
  tags: TAGS,
  components: {
    securitySchemes: {
      apiKey: { type: 'http' as const, scheme: 'bearer', description: BEARER },
    },
  },
};

const swaggerUiIn = ({ css, js, icon }: Dressing): FastifySwaggerUiOptions => ({
  routePrefix: '/docs',
  theme: {
    title: 'Demarche',
    favicon: [{ filename: 'demarche.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: icon }],
    css: [{ filename: 'frame.css', content: css }],
    js: [{ filename: 'frame.js', content: js }],
  },
  uiConfig: {
    // Without the bar at the top, which loads documents of other servers.
    layout: 'BaseLayout',
    docExpansion: 'list',
    tryItOutEnabled: true,
    displayRequestDuration: true,
    validatorUrl: null as unknown as string,
    defaultModelsExpandDepth: 0,
  },
});

const document = z.looseObject({ openapi: z.string() }).meta({ description: 'This document.' });

/**
 * @param text the finished document; null to make one from the routes, which `app.swagger()` then returns raw
 */
export async function registerOpenapi(app: FastifyInstance, text: string | null, dressing: Dressing): Promise<void> {
  if (text === null) {
    const { jsonSchemaTransform, jsonSchemaTransformObject } = await import('fastify-type-provider-zod');
    await app.register(swagger, { openapi: INFO, transform: jsonSchemaTransform, transformObject: jsonSchemaTransformObject });
  } else {
    await app.register(swagger, { mode: 'static', specification: { document: JSON.parse(text) } });
    await registerPages(app, async (pages) => {
      // The plug-in does not let its routes say so.
      pages.addHook('onRoute', (route) => {
        route.config = { ...route.config, access: null };
      });
      await pages.register(swaggerUi, swaggerUiIn(dressing));
    });
  }
  app.get(
    '/openapi.json',
    operation({
      id: 'getOpenapi',
      access: null,
      tag: 'Service',
      summary: 'Read this document',
      description: 'The description of the API in OpenAPI 3.1, as `/docs` shows it.',
      answers: { 200: document, 304: notModified },
    }),
    async (request, reply) => sendAnswer(request, reply, { body: text ?? '{}' }),
  );
}
