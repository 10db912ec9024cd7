import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

test('the timeline of summer 2025 tells the story of the seed article in order', async () => {
  const response = await api.get('/v1/timeline?from=2025-07&to=2025-08&limit=200');
  expect(response.statusCode).toBe(200);
  const events = response.json().data as { slug: string; details: Record<string, unknown>; actors: { slug: string; role: string }[] }[];
  const slugs = events.map(({ slug }) => slug);
  const story = [
    'li-qiang-waic-2025-keynote',
    'global-ai-organisation-proposal',
    'global-ai-governance-action-plan-release',
    'ma-zhaoxu-roundtable-2025',
    'global-south-pledge-2025',
  ];
  expect(slugs.filter((slug) => story.includes(slug))).toEqual(story);
  const find = (slug: string) => events.find((event) => event.slug === slug)!;
  expect(find('li-qiang-waic-2025-keynote').details.quotes).toHaveLength(1);
  expect(find('global-ai-organisation-proposal').details.proposed_seat).toMatch(/Shanghai/);
  const invitees = find('ma-zhaoxu-roundtable-2025')
    .actors.filter(({ role }) => role === 'invitee')
    .map(({ slug }) => slug);
  expect(invitees).toEqual(expect.arrayContaining(['germany', 'south-korea', 'russia', 'qatar', 'south-africa']));
});
