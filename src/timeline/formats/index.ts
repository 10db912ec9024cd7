// The forms of the timeline: the one list that all else reads.
import { atom } from './atom.js';
import { csv } from './csv.js';
import type { Format } from './format.js';
import { icalendar } from './icalendar.js';
import { jsonFeed } from './json-feed.js';
import { jsonLd } from './json-ld.js';
import { ndjson } from './ndjson.js';
import { timelinejs } from './timelinejs.js';

export const FORMATS: Format[] = [csv, ndjson, icalendar, atom, jsonFeed, timelinejs, jsonLd];
