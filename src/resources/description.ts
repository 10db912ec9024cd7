// What the routes of a resource are told of it, so that one description makes them all.
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { MomentQuery } from '../contract/moment.js';
import type { WriteForms } from '../contract/write.js';
import type { ResourceService } from './service.js';

/** Requests that the published examples are taken from: paths under the resource, and bodies of writes. */
export interface Examples {
  list: string;
  get: string;
  post: object;
  /** Where it differs from what POST sends. */
  put?: object;
  patch: object;
  /** A change that the examples of the history begin with; what `patch` sends where it is left out. */
  change?: object;
}

export interface ResourceDescription<Input, Body, Document extends object, Query> {
  /** Where the collection is, with parameters of what is above it: "/v1/actors". */
  path: string;
  /** Name of the last parameter of the path. */
  parameter?: string;
  params?: z.ZodObject;
  tag: string;
  /** As operations are named: getActor, listActors. */
  names: { one: string; many: string };
  /** As sentences say it. */
  nouns: { one: string; many: string };
  /** What a reader should know besides what all resources have in common. */
  about: { list: string; get: string; write: string };
  service: ResourceService<Input, Document, Query>;
  forms: WriteForms<Body>;
  /** Whether one may be read as it stood on a day, by what follows from events. */
  takesValidAt?: boolean;
  /** Shapes of the answers. */
  answer: z.ZodType;
  list: z.ZodType;
  query: z.ZodObject;
  /** What the store is asked, from the query and the path. @throws Problem where the reader may not ask that */
  toQuery: (query: never, request: FastifyRequest, moment: MomentQuery) => Promise<Query> | Query;
  /** Where more is told of a new one than the resource: further parameters, and the shape of the answer. */
  created?: { parameters: z.ZodRawShape; answer: z.ZodType };
  /** Whether one that is gone may have become another one, to which reading it leads. */
  moves?: boolean;
  /** The key of the store, and the input of the service, from what was sent and the path. */
  keyOf?: (params: Record<string, string>) => string;
  toInput: (body: Body, params: Record<string, string>) => Input;
  /** The members that a patch starts from. */
  toMembers?: (document: Document) => object;
  /** What readers without a key see of documents that were: without references to what is hidden. */
  shown?: (documents: Document[]) => Promise<Document[]>;
  /** The surrogate keys of the answer of one, from its finished JSON; left out where it follows from other things than it shows. */
  follows?: (body: string) => string[];
  examples: Examples;
}
