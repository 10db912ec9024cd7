// Topics on the wire: controlled keywords, each possibly under a broader one.
import { z } from 'zod';
import { id, slug, stamps } from '../contract/ids.js';
import { cursor, flag, limit, listOf } from '../contract/page.js';
import { sortBy } from '../contract/sort.js';
import { line, prose } from '../contract/text.js';
import { writeForms } from '../contract/write.js';

const members = z.strictObject({
  slug: slug.optional().meta({ description: 'Made from the name where it is left out; never changed.' }),
  name: line(),
  description: prose().nullable().default(null),
  broader: slug.nullable().default(null).meta({ description: 'Slug of the topic above it.' }),
});

export const topicForms = writeForms('Topic', members);
export type TopicInput = z.output<typeof members>;
export type TopicDocument = TopicInput & { slug: string };

export const topic = z
  .strictObject({ id, slug, name: z.string(), description: z.string().nullable(), broader: slug.nullable(), ...stamps })
  .meta({ id: 'Topic', description: 'A controlled keyword.' });

export const topicList = listOf(topic, 'TopicList');

export const topicQuery = z.strictObject({
  broader: slug.optional().meta({ description: 'Only those directly under this topic.' }),
  sort: sortBy('name', 'created_at', 'updated_at'),
  limit,
  cursor,
  total: flag('total', 'Adds the total to the page.'),
});
export type TopicQuery = z.output<typeof topicQuery>;
