// What every write may carry besides the resource itself: why it is made, and whether to keep it.
import { z } from 'zod';
import { slug } from './ids.js';
import { flag } from './page.js';
import { line, prose } from './text.js';

export const REASONS = ['new_development', 'correction', 'new_source', 'reclassification', 'editorial', 'import'] as const;

export const ENTITIES = ['topic', 'actor', 'source', 'initiative', 'action_plan', 'action_item', 'event'] as const;
export type Entity = (typeof ENTITIES)[number];

/** What changes are recorded of: all resources, and what somebody proposes of them. */
export const RECORDED = [...ENTITIES, 'proposal'] as const;
export type Recorded = (typeof RECORDED)[number];

export const OPERATIONS = [
  'created',
  'updated',
  'published',
  'withdrawn',
  'deleted',
  'restored',
  'merged',
  'accepted',
  'rejected',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** After which a resource is there no more, until it is restored. */
export const ENDINGS: readonly string[] = ['deleted', 'merged'] satisfies Operation[];

export const reason = z
  .enum(REASONS, { error: `reason takes ${REASONS.join(', ')}.` })
  .optional()
  .meta({ description: 'Why the change is made; kept in the history.' });
export const comment = prose(2000).optional().meta({ description: 'A comment on the change; kept in the history.' });

/** Members that a body may carry beside those of the resource. */
export const writeMembers = { reason, comment };

/** Parameters of every write; DELETE and restore, which have no body, take reason and comment here. */
export const writeQuery = z.strictObject({
  validate_only: flag('validate_only', 'Do everything but keep it: the answer is what would have been.'),
  reason,
  comment: line(2000).optional().meta({ description: 'A comment on the change; kept in the history.' }),
});

export type WriteQuery = z.output<typeof writeQuery>;

/**
 * The forms in which writes send a resource, all from one schema of its members:
 * `input` the resource itself, whole; `body` the same as POST and PUT send it, with reason and comment beside it;
 * `patch` as JSON Merge Patch (RFC 7396) takes it: each member optional, null to remove it.
 * @param id name of the resource, in which the names of its bodies begin
 * @param finish a last check that looks at several members, and what becomes of them
 * @param loosened members whose patch is looser than their schema, because objects in a patch are merged
 */
export function writeForms<Shape extends z.ZodRawShape, Input = z.output<z.ZodObject<Shape>>>(
  id: string,
  members: z.ZodObject<Shape>,
  {
    finish,
    loosened = {},
  }: { finish?: (value: z.output<z.ZodObject<Shape>>, context: z.RefinementCtx) => Input; loosened?: Record<string, z.ZodType> } = {},
) {
  const finished = (value: unknown, context: z.RefinementCtx): Input =>
    finish ? finish(value as z.output<z.ZodObject<Shape>>, context) : (value as Input);
  const input = members.transform(finished);
  const body = members.extend(writeMembers).transform((value, context) => {
    const { reason, comment, ...rest } = value as Record<string, unknown> & Pick<WriteQuery, 'reason' | 'comment'>;
    return { input: finished(rest, context), reason, comment };
  });
  const optional = Object.entries({ ...members.shape, ...loosened }).map(([name, member]) => [
    name,
    bare(member as z.ZodType)
      .nullable()
      .optional(),
  ]);
  const patch = z.strictObject({ ...(Object.fromEntries(optional) as Record<string, z.ZodType>), ...writeMembers });
  return {
    input,
    body: body.meta({ id: `${id}Body` }),
    patch: patch.meta({
      id: `${id}Patch`,
      description: 'A JSON Merge Patch (RFC 7396): what is left out stays, null removes, lists are replaced whole.',
    }),
  };
}

/** A reference by slug, or the thing itself, which is then made. */
export const referenceTo = <Input>(noun: string, input: z.ZodType<Input>) =>
  z.union([slug, input]).meta({ description: `The slug of ${noun} that exists, or ${noun} in full, which is then made.` });

export interface WriteForms<Input> {
  input: z.ZodType<Input>;
  body: z.ZodType<{ input: Input; reason: WriteQuery['reason']; comment: string | undefined }>;
  patch: z.ZodType;
}

/** A schema without default, so that what a patch leaves out stays as it is. */
function bare(schema: z.ZodType): z.ZodType {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;
  return wrapped ? bare(schema.unwrap() as z.ZodType) : schema;
}
