// The story that the tracker starts from, as the timeline tells it, and what happens when somebody adds to it.
import { describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

interface Event {
  slug: string;
  date: string;
  type: string;
  title: string;
  details: Record<string, unknown> & { quotes?: { text: string; language: string }[] };
  actors: { slug: string; role: string }[];
  sources: { url: string | null; title: string }[];
}
const read = async (query: string): Promise<Event[]> => {
  const response = await api.get(`/v1/timeline?limit=200&${query}`);
  expect(response.statusCode).toBe(200);
  return response.json().data;
};

describe('summer 2025', () => {
  const STORY = [
    'li-qiang-waic-2025-keynote',
    'global-ai-organisation-proposal',
    'global-ai-governance-action-plan-release',
    'ma-zhaoxu-roundtable-2025',
    'global-south-pledge-2025',
  ];
  const summer = () => read('from=2025-07&to=2025-08');
  const find = async (slug: string) => (await summer()).find((event) => event.slug === slug)!;

  test('the timeline tells it in order', async () => {
    const events = await summer();
    expect(events.map(({ slug }) => slug).filter((slug) => STORY.includes(slug))).toEqual(STORY);
    for (const { slug, sources } of events) expect(sources.length, `sources of ${slug}`).toBeGreaterThan(0);
  });

  test('the keynote is there with its quote', async () => {
    const { details, actors } = await find('li-qiang-waic-2025-keynote');
    expect(details.quotes).toEqual([
      expect.objectContaining({
        text: 'The world must work together to ensure that artificial intelligence serves all of humanity, not just a privileged few',
        language: 'en',
      }),
    ]);
    expect(actors).toContainEqual(expect.objectContaining({ slug: 'li-qiang', role: 'speaker' }));
  });

  test('the organisation was proposed with Shanghai as its seat', async () => {
    expect((await find('global-ai-organisation-proposal')).details.proposed_seat).toMatch(/Shanghai/);
  });

  test('the action plan came out with its 13 points', async () => {
    const { details } = await find('global-ai-governance-action-plan-release');
    const plan = (await api.get(`/v1/action-plans/${details.action_plan as string}`)).json();
    expect(plan.items.map(({ number }: { number: number }) => number)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
  });

  test('Germany, South Korea, Russia, Qatar and South Africa were among those invited', async () => {
    const invitees = (await find('ma-zhaoxu-roundtable-2025')).actors.filter(({ role }) => role === 'invitee').map(({ slug }) => slug);
    expect(invitees).toEqual(expect.arrayContaining(['germany', 'south-korea', 'russia', 'qatar', 'south-africa']));
  });

  test('the pledge is to the Global South', async () => {
    expect((await find('global-south-pledge-2025')).title).toMatch(/Global South/);
  });
});

test('the export controls are the other side', async () => {
  const controls = await read('type=export_control');
  expect(controls.length).toBeGreaterThanOrEqual(30);
  expect(controls.every(({ type }) => type === 'export_control')).toBe(true);
  expect(controls.map(({ slug }) => slug)).toContain('us-affiliates-rule');
});

test('the SCO forum prepared the ground', async () => {
  const [forum] = (await read('type=forum&to=2025-07-25&from=2025')).filter(({ slug }) => slug.startsWith('sco-'));
  expect(forum).toMatchObject({ slug: 'sco-ai-cooperation-forum-2025', date: '2025-05-29' });
});

test('a development that is added stands in its place at once, and is gone at once when it is deleted', async () => {
  const around = async () => (await read('from=2025-07-26&to=2025-07-28')).map(({ slug }) => slug);
  const before = await around();
  const added = await api.post('/v1/events', {
    type: 'statement',
    title: 'A delegation comments',
    date: '2025-07-27',
    actors: [{ actor: 'germany', role: 'issuer' }],
    sources: [{ source: { url: 'https://example.org/delegation', title: 'A delegation comments' } }],
  });
  const { slug } = added.json();
  const after = await around();
  expect(after.filter((one) => one !== slug)).toEqual(before);
  const dates = (await read('from=2025-07-26&to=2025-07-28')).map(({ date }) => date.slice(0, 10));
  expect(dates).toEqual([...dates].sort());
  expect(after.indexOf(slug)).toBeGreaterThan(after.indexOf('li-qiang-waic-2025-keynote'));
  await api.delete(`/v1/events/${slug}`);
  expect(await around()).toEqual(before);
});
