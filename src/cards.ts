// Which finished answers show what: whatever is written, the cards of it and of all that shows it are made again, in the
// same transaction. And all of them from the beginning, by writing down again what the revisions say.
import { itemCards, planCards } from './action-plans/sql.js';
import { actorCards } from './actors/store.js';
import type { Entity } from './contract/write.js';
import { prepared } from './database/statement.js';
import type { Write } from './database/write.js';
import { eventsShowing, makeEventCards } from './events/cards.js';
import { initiativeCards } from './initiatives/store.js';
import { type CardMaker, makeCards } from './resources/cards.js';
import { sourceCards } from './sources/store.js';
import { topicCards } from './topics/store.js';

const MAKERS: Record<Exclude<Entity, 'event'>, CardMaker> = {
  topic: topicCards,
  actor: actorCards,
  source: sourceCards,
  initiative: initiativeCards,
  action_plan: planCards,
  action_item: itemCards,
};

/** What shows an entity besides events, and how it is found. Slugs never change, so what shows no more than those is left out. */
const SHOWN_BY: Record<Entity, [CardMaker, string][]> = {
  topic: [[itemCards, 'select distinct action_item_id as id from action_item_topics where topic_id = any($1::uuid[])']],
  actor: [
    [initiativeCards, 'select distinct initiative_id as id from initiative_leads where actor_id = any($1::uuid[])'],
    [planCards, 'select id from action_plans where issuer_id = any($1::uuid[])'],
  ],
  source: [[planCards, 'select distinct action_plan_id as id from action_plan_citations where source_id = any($1::uuid[])']],
  initiative: [],
  action_plan: [[itemCards, 'select id from action_items where action_plan_id = any($1::uuid[])']],
  action_item: [[planCards, 'select distinct action_plan_id as id from action_items where id = any($1::uuid[])']],
  event: [],
};

/** By the keys that events bear: what their dates and steps decide. $1: keys. */
const DECIDED_BY_EVENTS: [CardMaker, string][] = [
  [initiativeCards, `select id from initiatives where 'initiative:' || slug = any($1::text[])`],
  [
    itemCards,
    `select i.id from action_items i join action_plans p on p.id = i.action_plan_id where 'item:' || p.slug || '/' || i.number = any($1::text[])`,
  ],
  [
    planCards,
    `select distinct p.id from action_items i join action_plans p on p.id = i.action_plan_id where 'item:' || p.slug || '/' || i.number = any($1::text[])`,
  ],
];

/** Makes the cards of `ids`, and those that show them. @param areNew nothing shows them yet, but a plan its new item */
export async function refreshCards(write: Write, entity: Entity, ids: string[], areNew = false): Promise<void> {
  if (ids.length === 0) return;
  if (entity === 'event') {
    const touched = await makeEventCards(write, areNew ? ids : await eventsShowing(write, entity, ids), areNew);
    if (touched.size > 0) await makeFound(write, DECIDED_BY_EVENTS, [...touched]);
    return;
  }
  await makeCards(write, MAKERS[entity], ids);
  if (!areNew) await makeEventCards(write, await eventsShowing(write, entity, ids));
  if (!areNew || entity === 'action_item') await makeFound(write, SHOWN_BY[entity], ids);
}

async function makeFound(write: Write, showing: [CardMaker, string][], values: string[]): Promise<void> {
  for (const [maker, text] of showing) {
    const { rows } = await write.tx.query<{ id: string }>(prepared(text, [values]));
    await makeCards(
      write,
      maker,
      rows.map(({ id }) => id),
    );
  }
}
