// History on the wire: the versions of a resource, one of them whole, and the difference between two.
import { z } from 'zod';
import { instant, version } from '../contract/ids.js';
import { cursor, limit, listOf } from '../contract/page.js';
import { OPERATIONS, REASONS, writeMembers } from '../contract/write.js';

const members = {
  version,
  operation: z.string().meta({ description: `${OPERATIONS.join(', ')}; more may come.` }),
  reason: z
    .string()
    .nullable()
    .meta({ description: `${REASONS.join(', ')}; more may come.` }),
  comment: z.string().nullable(),
  author: z.string().meta({ description: 'Who made the change, by the name of the API key.' }),
  recorded_at: instant,
  seq: z.int().meta({ description: 'Its place among the changes of all resources.' }),
  changed: z
    .array(z.string())
    .meta({ description: 'The members that differ from the version before; all of them where there is none that you may see.' }),
};

const revisionEntry = z.strictObject(members).meta({ id: 'RevisionEntry', description: 'One recorded version of a resource.' });

const revisionList = listOf(revisionEntry, 'RevisionList');

export const revision = z
  .strictObject({
    ...members,
    state: z.record(z.string(), z.unknown()).meta({ description: 'The resource as it was, in the form in which PUT takes it.' }),
    previous: z.string().nullable().meta({ description: 'Relative address of the version before; null where there is none.' }),
    next: z.string().nullable().meta({ description: 'Relative address of the version after; null where there is none.' }),
  })
  .meta({ id: 'Revision', description: 'One recorded version of a resource, whole.' });

const revisionDiff = z
  .strictObject({
    from: version.meta({ description: 'The version that the patch starts from.' }),
    to: version.meta({ description: 'The version that the patch ends at.' }),
    patch: z
      .array(
        z.strictObject({
          op: z.string().meta({ description: 'add, remove or replace.' }),
          path: z.string(),
          value: z.unknown().optional(),
        }),
      )
      .meta({ description: 'A JSON Patch (RFC 6902) that makes the state of `to` out of the state of `from`.' }),
    changes: z
      .array(
        z.strictObject({
          pointer: z.string().meta({
            description: 'JSON Pointer (RFC 6901) into the state of `to`; for what was removed, into the state of `from`.',
          }),
          label: z.string().optional().meta({ description: 'What the entry of a list is called.' }),
          from: z.unknown().meta({ description: 'The value before; null where there was none.' }),
          to: z.unknown().meta({ description: 'The value after; null where there is none.' }),
          sentence: z.string().meta({ description: 'The change in plain English.' }),
        }),
      )
      .meta({ description: 'The same for people.' }),
  })
  .meta({ id: 'RevisionDiff', description: 'What differs between two versions of a resource.' });
export type RevisionDiff = z.output<typeof revisionDiff>;

export const revisionsAnswer = z
  .union([revisionList, revisionDiff])
  .meta({ description: 'A page of versions, newest first; with `diff` the difference between two.' });

const RANGE = /^([1-9]\d{0,8})\.\.([1-9]\d{0,8})$/;

export const revisionQuery = z
  .strictObject({
    diff: z
      .string()
      .regex(RANGE, { error: 'diff takes two versions, such as 3..7, in either order.', abort: true })
      .transform((text) => RANGE.exec(text)!.slice(1).map(Number) as [number, number])
      .optional()
      .meta({ description: 'Two versions, such as 3..7: answers what differs instead of a page.' }),
    limit,
    cursor,
  })
  .refine(({ diff, limit, cursor }) => diff === undefined || (limit === undefined && cursor === undefined), {
    path: ['diff'],
    error: 'diff answers one difference and no page; leave limit and cursor out.',
  });
export type RevisionQuery = z.output<typeof revisionQuery>;

/** The version in an address. */
export const versionParam = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, { error: 'version is a whole number from 1 on.' })
  .meta({ description: 'The number of the version.' });

export const revertBody = z
  .strictObject({
    version: version.max(999_999_999).meta({ description: 'The version whose content is to be in force again.' }),
    ...writeMembers,
  })
  .meta({ id: 'RevertBody' });
export type RevertBody = z.output<typeof revertBody>;
