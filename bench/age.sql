-- Gives each event :versions versions, each written by one write that changed the titles of all: what is known as of the
-- earlier ones is looked at past what came later. Placeholders are filled in by bench/database.ts.

truncate revisions restart identity;

insert into revisions (entity, entity_id, version, operation, author_name, recorded_at, superseded_at, superseded_seq, state, changed_fields)
select 'event', e.id, v, case v when 1 then 'created' else 'updated' end, 'bench', timestamptz '2026-01-01 00:00Z' + v * interval '1 day',
  case when v < :versions then timestamptz '2026-01-02 00:00Z' + v * interval '1 day' end, case when v < :versions then v * :count::bigint + 1 end,
  jsonb_build_object('slug', e.slug, 'state', e.state), '{title}'
from generate_series(1, :versions) v cross join events e order by v, e.id;

update events set version = :versions;

insert into event_cards (event_id, known_from, known_to, state, type, certainty, significance, start_date, end_date, precision_rank, keys, card, search,
  wording, version, title, created_at, updated_at, was_published, valid_from, valid_to)
select event_id, (v - 1) * :count::bigint + 1, v * :count::bigint + 1, state, type, certainty, significance, start_date, end_date, precision_rank, keys,
  replace(replace(card, '"title":"', '"title":"Once: '), '"version":1', '"version":' || v), search, wording, v, 'Once: ' || title, created_at, updated_at,
  was_published, valid_from, valid_to
from generate_series(1, :versions - 1) v cross join event_cards;

update event_cards set known_from = (:versions - 1) * :count::bigint + 1, version = :versions where known_from = 0;
