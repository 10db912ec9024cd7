// The README shows real answers: what it prints is what the first data set answers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { ROOT } from '../support/postgres.js';

const api = useApp('seeded');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The block of code after the one that holds `command`. */
const shownAfter = (command: string): string => {
  const [, rest] = readme.split(command);
  expect(rest, command).toBeDefined();
  return /```(?:json)?\n([\s\S]*?)```/.exec(rest!.slice(rest!.indexOf('```') + 3))![1]!;
};
/** Several JSON values one after another, as jq prints them. */
const valuesIn = (text: string): unknown[] => text.split(/\n(?=["\d{[])/).map((value) => JSON.parse(value));
const get = async (url: string) => (await api.get(url)).json();

describe('what it shows is what is answered', () => {
  test('the timeline of a day', async () => {
    const url = '/v1/timeline?from=2025-07-26&to=2025-07-26&min_significance=4';
    const { data } = await get(url);
    const lines = data.map(({ date, type, title }: Record<string, string>) => `${date} ${type}: ${title}\n`);
    expect(shownAfter(`localhost:3000${url}`)).toBe(lines.join(''));
  });

  test('the latest export controls', async () => {
    const url = '/v1/timeline?type=export_control&order=desc&limit=2&total=true';
    const { data, page } = await get(url);
    const shown = data.map(({ date, title, details }: { date: string; title: string; details: object }) => ({
      date,
      title,
      effect: (details as { effect: string }).effect,
    }));
    expect(valuesIn(shownAfter(`localhost:3000${url}`))).toEqual([shown, page.total]);
  });

  test('what was searched and counted', async () => {
    const { data, meta } = await get('/v1/timeline?q=Qinag&type=speech&limit=1');
    const { facets } = await get('/v1/timeline?facets=country&limit=1');
    const { data: years } = await get('/v1/timeline/histogram?interval=year&from=2024&to=2025&type=export_control');
    const counted = years.map(({ start_date, total }: { start_date: string; total: number }) => ({ start_date, total }));
    expect(valuesIn(shownAfter("curl -s 'localhost:3000/v1/timeline/histogram"))).toEqual([
      data[0].title,
      meta.searched_for,
      facets.country.slice(0, 2),
      ...counted,
    ]);
  });

  test('a process and a commitment', async () => {
    const { name, status, status_since, status_origin } = await get('/v1/initiatives/world-ai-cooperation-organization');
    const { title, coverage } = await get('/v1/action-plans/global-ai-governance-action-plan/items/13');
    expect(valuesIn(shownAfter('curl -s localhost:3000/v1/action-plans/global-ai-governance-action-plan/items/13'))).toEqual([
      { name, status, status_since, status_origin },
      { title, coverage },
    ]);
  });

  test('a disputed value', async () => {
    const url = '/v1/events/unga-resolution-78-311/provenance';
    const { fields } = await get(url);
    const disputed = fields.filter(({ state }: { state: string }) => state === 'disputed');
    const shown = disputed.map(({ field, value, disputing }: { field: string; value: unknown; disputing: Record<string, unknown>[] }) => ({
      field,
      value,
      disputing: disputing.map(({ publisher, value, note }) => ({ publisher, value, note })),
    }));
    expect(valuesIn(shownAfter(`localhost:3000${url}`))).toEqual(shown);
  });

  test('a mistake', async () => {
    const { status, detail } = await get('/v1/timeline?form=2025-07');
    expect(valuesIn(shownAfter("curl -s 'localhost:3000/v1/timeline?form=2025-07'"))).toEqual([{ status, detail }]);
  });

  test('how much there is', async () => {
    const [, events, sources] = /(\d+) developments with (\d+) sources/.exec(readme.replaceAll('\n', ' '))!;
    const total = async (url: string) => (await get(`${url}?limit=1&total=true`)).page.total;
    expect([await total('/v1/timeline'), await total('/v1/sources')]).toEqual([Number(events), Number(sources)]);
  });
});

test('the development that it adds is taken as it stands', async () => {
  const [, body] = /-d '(\{[\s\S]*?\n\})'/.exec(readme)!;
  expect((await api.post('/v1/events', JSON.parse(body!))).statusCode).toBe(201);
});
