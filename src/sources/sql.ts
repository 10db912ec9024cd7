// How answers of events and plans show their citations.
import { listOfRows } from '../resources/store.js';

/** Citations of the owner's link table `l`, in their order. */
export const citationsSql = (table: string, condition: string): string =>
  listOfRows(`
    select s.id, s.url, s.title, s.publisher, s.kind, s.language, s.published_on, s.archived_url, l.claim, l.quote, l.locator, l.stance, l.value, l.access, l.note
    from ${table} l join sources s on s.id = l.source_id where ${condition} order by l.position`);
