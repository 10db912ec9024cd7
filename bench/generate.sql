-- :count events with realistic skew, the same at each run: 3 topics, 2 actors and 2 sources each, by Zipf; types, dates and
-- significance as a tracker has them. Placeholders are filled in by bench/database.ts.

create temporary sequence draws;
select setseed(0.42);

insert into topics (id, slug, name, version, created_at, updated_at)
select md5('topic-' || n)::uuid, 'topic-' || n, 'Topic ' || n, 1, now(), now() from generate_series(1, 300) n;

insert into actors (id, slug, kind, name, aliases, country_code, version, created_at, updated_at)
select md5('actor-' || n)::uuid, 'actor-' || n, 'country', 'Actor ' || n, array['Alias ' || n],
  (array['US','CN','DE','FR','GB','JP','KR','IN','BR','ZA','RU','SG','AE','CA','QA'])[1 + floor(15 * power((n * 7919 % 5000) / 5000.0, 2))::int], 1, now(), now()
from generate_series(1, 5000) n;

insert into sources (id, url, url_key, title, publisher, kind, version, created_at, updated_at)
select md5('source-' || n)::uuid, 'https://example.org/' || n, 'https://example.org/' || n, 'Source ' || n || ' on what happened', 'Publisher ' || n % 500, 'media', 1, now(), now()
from generate_series(1, 50000) n;

insert into action_plans (id, slug, title, principles, priorities, notes, version, created_at, updated_at)
values (md5('plan')::uuid, 'plan', 'The plan', '{}', '[]', '[]', 1, now(), now());

insert into action_items (id, action_plan_id, number, title, version, created_at, updated_at)
select md5('item-' || n)::uuid, p.id, n, 'Item ' || n, 1, now(), now() from action_plans p, generate_series(1, 13) n;

-- One word in each of the classes that a search meets: in half of all titles, in a hundredth, in one in ten thousand.
insert into events (id, slug, type, title, summary, date, start_date, end_date, date_precision, significance, certainty, state, details, notes, version, created_at, updated_at, published_at)
select md5('event-' || n)::uuid, 'event-' || n,
  (array['statement','legislation','meeting','publication','speech','agreement','export_control','regulatory_action','report','forum'])[1 + floor(power(random(), 2) * 10)::int],
  case when n % 2 = 0 then 'Governance of models, part ' else 'A development, part ' end || n
    || case when n % 100 = 7 then ' on semiconductors' else '' end || case when n % 10000 = 77 then ' and quantum devices' else '' end,
  'What happened is told in a sentence or two, so that the card has about the length that cards have in practice; it was number ' || n || ' of its kind.',
  to_char(day, case precision when 'year' then 'YYYY' when 'month' then 'YYYY-MM' else 'YYYY-MM-DD' end),
  date_trunc(precision, day)::date, (date_trunc(precision, day) + ('1 ' || precision)::interval - interval '1 day')::date, precision,
  1 + floor(random() * 5)::int, 'confirmed', 'published', '{}', '[]', 1, now(), now(), now()
from (select n, timestamp '1990-01-01' + floor(random() * 13000) * interval '1 day' as day,
  -- One in ten is known by its month only, one in fifty by its year.
  case when n % 50 = 3 then 'year' when n % 10 = 1 then 'month' else 'day' end as precision from generate_series(1, :count) n) g;

create temporary table drawn as select id, row_number() over (order by slug) as n, random() as r1, random() as r2, random() as r3, random() as r4, random() as r5 from events;
create temporary table numbered_topics as select id, substr(slug, 7)::int as n from topics;
create temporary table numbered_actors as select id, substr(slug, 7)::int as n from actors;
create temporary table numbered_sources as select id, row_number() over (order by url) as n from sources;
create index on numbered_topics (n); create index on numbered_actors (n); create index on numbered_sources (n);
analyze drawn; analyze numbered_topics; analyze numbered_actors; analyze numbered_sources;

-- Zipf: the rank is count to the power of a uniform draw.
insert into event_topics (event_id, position, topic_id)
select d.id, k, t.id from drawn d cross join generate_series(0, 2) k
join numbered_topics t on t.n = 1 + (floor(power(300, case k when 0 then d.r1 when 1 then d.r2 else d.r3 end))::int - 1 + k * 97) % 300
on conflict do nothing;

insert into event_actors (event_id, position, actor_id, role)
select d.id, k, a.id, 'issuer' from drawn d cross join generate_series(0, 1) k
join numbered_actors a on a.n = 1 + (floor(power(5000, case k when 0 then d.r3 else d.r4 end))::int - 1 + k * 997) % 5000
on conflict do nothing;

insert into event_citations (event_id, position, source_id, stance)
select d.id, k, s.id, 'supports' from drawn d cross join generate_series(0, 1) k
join numbered_sources s on s.n = 1 + (floor(case k when 0 then d.r4 else d.r5 end * 50000)::int + k * 17) % 50000;

insert into event_action_items (event_id, position, action_item_id, effect)
select d.id, 0, i.id, 'advances' from drawn d join action_items i on i.number = 1 + floor(power(13, d.r5))::int % 13 where d.n % 50 = 0;

-- The history as it would be after one write of each; of the documents only what reading one event looks at.
insert into revisions (entity, entity_id, version, operation, author_name, recorded_at, state, changed_fields)
select 'event', id, 1, 'created', 'bench', now(), jsonb_build_object('slug', slug, 'state', state), '{}' from events;
