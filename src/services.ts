// What the program can do, apart from HTTP: stores and services, connected by name. The API, the data files and the
// command line all write through these.

import { createItemService, createPlanService } from './action-plans/service.js';
import { itemStore, planStore } from './action-plans/store.js';
import { createActorService } from './actors/service.js';
import { actorStore } from './actors/store.js';
import { refreshCards } from './cards.js';
import { createChangeStore } from './changes/store.js';
import type { Entity } from './contract/write.js';
import { createCoverageStore } from './coverage/store.js';
import { createAnswerStore } from './database/answers.js';
import type { Database } from './database/connect.js';
import type { Write } from './database/write.js';
import { createBatchService } from './events/batch.js';
import { createProvenanceStore } from './events/provenance.js';
import { createRelatedStore } from './events/related.js';
import { createEventService } from './events/service.js';
import { createFindSimilar } from './events/similar.js';
import { eventStore } from './events/store.js';
import { createMoments } from './history/moments.js';
import { createInitiativeService } from './initiatives/service.js';
import { initiativeStore } from './initiatives/store.js';
import { createKeyStore } from './keys/store.js';
import { createNetworkStore } from './network/store.js';
import { createPositionsStore } from './positions/store.js';
import { createProposalService } from './proposals/service.js';
import { createQualityStore } from './quality/store.js';
import { createReleaseStore } from './releases/store.js';
import { createCitationStore } from './sources/citations.js';
import { createSourceService } from './sources/service.js';
import { sourceStore } from './sources/store.js';
import { createStatsStore } from './stats/store.js';
import { createTimelineStore } from './timeline/store.js';
import { createTopicService } from './topics/service.js';
import { topicStore } from './topics/store.js';
import { createWebhooks, type WebhookSettings } from './webhooks/webhooks.js';

export type Services = ReturnType<typeof createServices>;

export function createServices(database: Database, settings: WebhookSettings = {}) {
  const releases = createReleaseStore(database);
  const moments = createMoments(database, releases.seqOf);
  const shared = (entity: Entity) => ({
    database,
    moments,
    refresh: (write: Write, ids: string[], areNew?: boolean) => refreshCards(write, entity, ids, areNew),
  });
  const topics = createTopicService({ ...shared('topic'), store: topicStore });
  const actors = createActorService({ ...shared('actor'), store: actorStore });
  const sources = createSourceService({ ...shared('source'), store: sourceStore });
  const initiatives = createInitiativeService({ ...shared('initiative'), store: initiativeStore });
  const plans = createPlanService({ ...shared('action_plan'), store: planStore, sources });
  const items = createItemService({ ...shared('action_item'), store: itemStore, plans: planStore });
  const findSimilar = createFindSimilar(database);
  const events = createEventService({ ...shared('event'), store: eventStore, actors, topics, initiatives, sources, findSimilar });
  const changes = createChangeStore(database);
  const related = createRelatedStore(database, moments);
  const proposables = { topic: topics, actor: actors, source: sources, initiative: initiatives, action_plan: plans, action_item: items };
  return {
    topics,
    actors,
    sources,
    initiatives,
    plans,
    items,
    events,
    batch: createBatchService({ database, events }),
    findSimilar,
    proposals: createProposalService({
      database,
      proposables: { ...proposables, event: events },
      findSimilar,
      withoutHidden: related.withoutHidden,
    }),
    related,
    provenance: createProvenanceStore(database),
    citations: createCitationStore(database),
    coverage: createCoverageStore(database, moments),
    positions: createPositionsStore(database, moments),
    network: createNetworkStore(database, moments),
    stats: createStatsStore(database, moments),
    releases,
    quality: createQualityStore(database, moments),
    timeline: createTimelineStore(database, moments),
    changes,
    answers: createAnswerStore(database),
    keys: createKeyStore(database),
    ...createWebhooks(database, { ...changes, onChange: database.onChange }, settings),
  };
}
