// A year in a minute: writes each of which changes what others show, and what was answered between them.
import type { Tested } from '../support/app.js';

/** What readers ask, in every shape that knows a moment. */
export const QUESTIONS = [
  '/v1/timeline?limit=200',
  '/v1/timeline?limit=7&order=desc&total=true&facets=type,topic,actor,country,initiative,year',
  '/v1/timeline?actor=nvidia&total=true&limit=200',
  '/v1/timeline?topic=export-controls&type=export_control&from=2022&to=2026-03&limit=200',
  '/v1/timeline?country=CN&exclude_topic=export-controls&limit=200&facets=actor',
  '/v1/timeline?valid_at=2025-08-01&limit=200',
  '/v1/timeline?q=governance&order=relevance&limit=20',
  '/v1/timeline?q=Huawei&limit=200',
  '/v1/timeline?plan=global-ai-governance-action-plan&item=13&limit=200&total=true',
  '/v1/timeline.csv?type=forum',
  '/v1/timeline.ndjson?initiative=waic',
  '/v1/timeline.timelinejs.json?type=forum&eras=true',
  '/v1/timeline/histogram?interval=year&topic=governance',
  '/v1/timeline/histogram',
  '/v1/events?limit=200&sort=-updated_at&total=true',
  '/v1/events?type=speech&sort=title',
  '/v1/events/waic-2025',
  '/v1/events/waic-2025/related',
  '/v1/events/new-one',
  '/v1/events/li-qiang-waic-2025-keynote',
  '/v1/actors?limit=200&total=true',
  '/v1/actors?kind=company&country=CN&sort=-updated_at',
  '/v1/actors/nvidia',
  '/v1/actors/nobody-yet',
  '/v1/topics?broader=governance',
  '/v1/topics/export-controls',
  '/v1/sources?kind=official&limit=200',
  '/v1/initiatives?limit=200',
  '/v1/initiatives/world-ai-cooperation-organization',
  '/v1/action-plans/global-ai-governance-action-plan',
  '/v1/action-plans/global-ai-governance-action-plan/items',
  '/v1/action-plans/global-ai-governance-action-plan/items/13',
];

/** Each changes something that others show. */
const writesOf = (api: Tested): [string, () => Promise<{ statusCode: number }>][] => [
  ['an actor is renamed', () => api.patch('/v1/actors/nvidia', { name: 'NVIDIA Corporation', aliases: ['Team Green'] })],
  ['an actor moves', () => api.patch('/v1/actors/huawei', { country_code: 'SG', kind: 'civil_society' })],
  [
    'a development is added',
    () =>
      api.post('/v1/events', {
        slug: 'new-one',
        type: 'agreement',
        action: 'terminated',
        title: 'A new one on governance',
        date: '2026-11-01',
        actors: [
          { actor: 'nvidia', role: 'signatory' },
          { actor: { slug: 'nobody-yet', kind: 'company', name: 'Nobody yet', country_code: 'CN' }, role: 'signatory' },
        ],
        topics: ['export-controls', { slug: 'a-new-topic', name: 'A new topic' }],
        initiatives: ['world-ai-cooperation-organization'],
        action_items: [{ plan: 'global-ai-governance-action-plan', item: 13, effect: 'hinders' }],
        related: [{ event: 'waic-2025', relation: 'supersedes' }],
      }),
  ],
  ['a topic is renamed', () => api.patch('/v1/topics/export-controls', { name: 'Controls', broader: null })],
  ['an item has another title', () => api.patch('/v1/action-plans/global-ai-governance-action-plan/items/13', { title: 'All of us' })],
  ['an initiative is renamed', () => api.patch('/v1/initiatives/waic', { name: 'The conference' })],
  ['a development happens later', () => api.patch('/v1/events/waic-2025', { date: '2026-09', title: 'WAIC, later', significance: 1 })],
  ['one is withdrawn', () => api.patch('/v1/events/li-qiang-waic-2025-keynote', { state: 'withdrawn' })],
  ['one is deleted', () => api.delete('/v1/events/new-one')],
  ['one comes back', () => api.post('/v1/events/new-one/restore')],
  ['one is a draft again', () => api.patch('/v1/events/new-one', { state: 'draft', title: 'A secret' })],
  [
    'it is published under another type',
    () => api.patch('/v1/events/new-one', { state: 'published', type: 'forum', title: 'In the open' }),
  ],
];

/** An answer without the addresses of pages, which name the moment. */
export const answerTo = async (api: Tested, url: string): Promise<string> => {
  const { statusCode, body } = await api.get(url);
  return `${statusCode} ${body.replace(/"(next|previous|instance)":"[^"]*"/g, '"$1":"…"')}`;
};

export const asOf = (url: string, moment: string) => `${url}${url.includes('?') ? '&' : '?'}known_at=${moment}`;

export interface Then {
  /** The instant of the last change. */
  moment: string;
  what: string;
  answers: Map<string, string>;
}

/** Writes one after another, and keeps what `questions` were answered before the first and after each. */
export async function writeAndRemember(api: Tested, questions: string[]): Promise<Then[]> {
  const history: Then[] = [];
  const remember = async (what: string) => {
    const answers = new Map<string, string>();
    for (const url of questions) answers.set(url, await answerTo(api, url));
    const { rows } = await api.database.pool.query<{ at: Date }>('select max(recorded_at) as at from revisions');
    history.push({ moment: rows[0]!.at.toISOString(), what, answers });
  };
  await remember('the first data set');
  for (const [what, write] of writesOf(api)) {
    const { statusCode } = await write();
    if (statusCode >= 300) throw new Error(`${what} was answered ${statusCode}`);
    await remember(what);
  }
  return history;
}
