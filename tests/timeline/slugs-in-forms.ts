// Which events a form holds, in its order, as parsers of others read it.
import { parse } from 'csv-parse/sync';
import { parseAtomFeed } from 'feedsmith';

export const slugsIn: Record<string, (text: string) => string[]> = {
  csv: (text) => (parse(text, { bom: true, columns: true }) as { slug: string }[]).map(({ slug }) => slug),
  ndjson: (text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).slug),
  ics: (text) => [...text.replaceAll('\r\n ', '').matchAll(/^URL;VALUE=URI:.*\/v1\/events\/(.+)\r$/gm)].map(([, slug]) => slug!),
  atom: (text) => (parseAtomFeed(text).entries ?? []).map(({ links }) => links![0]!.href!.split('/').at(-1)!),
  'feed.json': (text) => JSON.parse(text).items.map(({ url }: { url: string }) => url.split('/').at(-1)),
  'timelinejs.json': (text) => JSON.parse(text).events.map(({ unique_id }: { unique_id: string }) => unique_id),
  jsonld: (text) => JSON.parse(text)['@graph'].map((node: { url: string }) => node.url.split('/').at(-1)),
};
