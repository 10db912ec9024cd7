// How answers of events and plans show their citations.

/** Citations of the owner's link table `l`, in their order. */
export const citationsSql = (table: string, condition: string): string => `coalesce((
  select json_agg(json_build_object('id', s.id, 'url', s.url, 'title', s.title, 'publisher', s.publisher, 'kind', s.kind,
    'language', s.language, 'published_on', s.published_on, 'archived_url', s.archived_url, 'claim', l.claim, 'quote', l.quote,
    'locator', l.locator, 'stance', l.stance, 'access', l.access, 'note', l.note) order by l.position)
  from ${table} l join sources s on s.id = l.source_id where ${condition}), '[]'::json)`;
