// The pages that people look at. Each is one line in pages.ts: a path and a function from a visit to a page; the frame, the
// headers, the entity tag, the day as known on and what becomes of failures are the same for all.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../errors.js';
import { type Sent, sendAnswer } from '../http/conditional.js';
import type { ProblemPage } from '../http/problem-pages.js';
import { FOR_PAGES, registerPages } from '../http/security-headers.js';
import { type Ask, createAsk, Moved } from './ask.js';
import type { Assets } from './assets.js';
import { frame, type Page } from './frame.js';
import { asOf, type Moment, momentOf } from './moment.js';
import { explanationPage, problemPage } from './problem.js';

const HTML = 'text/html; charset=utf-8';
const PRIVATE = { 'cache-control': 'private, no-cache' };

/** What a page is told of whoever looks at it. */
export interface Visit {
  /** Parts of the path: `:slug`. */
  params: Record<string, string>;
  query: URLSearchParams;
  moment: Moment;
  /** Asks the API as of the moment that the site is looked at. */
  ask: Ask;
  /** Asks it as of the present: for what takes no `known_at`. */
  askNow: Ask;
  /** An address of this site or of the API, as of the moment. */
  link: (address: string) => string;
  /** Under which readers reach this server: "https://demarche.example". */
  origin: string;
  /** Of this page, path and question. */
  address: string;
}

/** @throws Problem, which is shown as a page of its own; Redirect */
export type MakePage = (visit: Visit) => Promise<Page>;

/** This page is at another address. */
export class Redirect extends Error {
  constructor(
    readonly address: string,
    readonly status: 301 | 302 | 308 = 302,
  ) {
    super(`To ${address}`);
  }
}

export interface SiteOptions {
  assets: Assets;
  originOf: (request: FastifyRequest) => string;
  /** Makes of any failure one that can be told. */
  problemOf: (error: unknown) => Problem;
  pages: Record<string, MakePage>;
}

export type Site = ReturnType<typeof createSite>;

export function createSite({ assets, originOf, problemOf, pages }: SiteOptions) {
  const paths = new Set(['/docs', ...Object.keys(pages)]);

  function framed(page: Page, request: FastifyRequest): string {
    const [path = '/', asked = ''] = request.url.split('?');
    const query = new URLSearchParams(asked);
    return frame(page, { assets, isThere: (one) => paths.has(one), origin: originOf(request), path, query, moment: momentOf(query) });
  }

  /** What has no page of its own yet is shown as the API has it. */
  function placeOf(address: string): string {
    const [, noun] = /^\/([a-z]+)\/./.exec(address) ?? [];
    if (noun === undefined || noun === 'v1' || [...paths].some((path) => path.startsWith(`/${noun}/:`))) return address;
    return `/v1${address.replace(/^\/plans\//, '/action-plans/')}`;
  }

  function visitOf(app: FastifyInstance, request: FastifyRequest): Visit {
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const moment = momentOf(query);
    const askNow = createAsk(app, request);
    return {
      params: request.params as Record<string, string>,
      query,
      moment,
      ask: (address) => askNow(asOf(address, moment)),
      askNow,
      link: (address) => asOf(placeOf(address), moment),
      origin: originOf(request),
      address: request.url,
    };
  }

  async function send(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply, make: MakePage): Promise<FastifyReply> {
    const visit = visitOf(app, request);
    try {
      const page = await make(visit);
      return await sendAnswer(request, reply, { body: framed(page, request) }, HTML, page.isPrivate ? PRIVATE : {});
    } catch (error) {
      if (error instanceof Redirect) return reply.header('cache-control', 'no-cache').redirect(error.address, error.status);
      // "/v1/events/other" is "/events/other" here.
      if (error instanceof Moved)
        return reply
          .header('cache-control', 'no-cache')
          .redirect(visit.link(error.location.split('?')[0]!.replace(/^\/v1\//, '/')), error.status);
      throw error;
    }
  }

  /** A failure, as a page. */
  function show(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
    return reply
      .code(problem.status)
      .headers({ ...FOR_PAGES, ...problem.headers, 'cache-control': 'no-store', vary: 'accept, authorization' })
      .type(HTML)
      .serializer(String)
      .send(framed(problemPage(problem, request.id), request));
  }

  return {
    async routes(app: FastifyInstance): Promise<void> {
      await app.register(assets.routes);
      await registerPages(app, async (scope) => {
        scope.setErrorHandler((error, request, reply) => {
          const problem = problemOf(error);
          if (problem.status >= 500) request.log.error({ err: problem.cause ?? error }, problem.detail);
          return show(request, reply, problem);
        });
        // What they ask of the API is counted; they are not, besides.
        for (const [path, make] of Object.entries(pages))
          scope.get(path, { schema: { hide: true }, config: { access: 'public', rateLimit: false } }, (request, reply) =>
            send(app, request, reply, make),
          );
      });
    },

    /** Shows what is wrong with an address outside the API to whoever looks at it with a browser. */
    showProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): boolean {
      if (!request.is404 || /^\/v1(\/|$)/.test(request.url) || !prefersPages(request)) return false;
      show(request, reply, problem);
      return true;
    },

    /** Explains a kind of problem on a page of its own, to who would rather have one. */
    explain(request: FastifyRequest, reply: FastifyReply, about: ProblemPage): Sent | null {
      if (!prefersPages(request)) return null;
      reply.headers(FOR_PAGES);
      return sendAnswer(request, reply, { body: framed(explanationPage(about), request) }, HTML);
    },
  };
}

/** Browsers that go somewhere name text/html first; programs that take anything do not. */
export const prefersPages = (request: FastifyRequest): boolean =>
  request.method === 'GET' && /^text\/html\b/.test(request.headers.accept ?? '');
