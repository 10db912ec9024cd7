// One event on a line, as the JSON API has it.
import { type Format, isRemoved } from './format.js';

export const ndjson: Format = {
  suffix: 'ndjson',
  media_type: 'application/x-ndjson',
  parameters: '; charset=utf-8',
  name: 'NDJSON',
  is_feed: false,
  async *write(entries) {
    for await (const entry of entries) if (!isRemoved(entry)) yield `${entry.card}\n`;
  },
};
