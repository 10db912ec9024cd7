// A small data set in a temporary directory, for tests that edit it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

export const FILES: Record<string, string> = {
  'topics.yaml': `topics:
  - slug: compute
    name: Compute
  - slug: chips
    name: Chips
    broader: compute
`,
  'actors.yaml': `actors:
  - slug: china
    kind: country
    name: China
    country_code: CN
`,
  'sources.yaml': `sources:
  - url: https://example.org/a
    title: An article
`,
  'initiatives.yaml': `initiatives:
  - slug: the-organisation
    name: The organisation
`,
  'action-plans.yaml': `action_plans:
  - slug: the-plan
    title: The plan
    items:
      - number: 1
        title: The first
`,
  'events/2025.yaml': `events:
  - slug: the-speech
    type: speech
    title: The speech
    summary: What was said
    date: "2025-07-26"
    details:
      speaker: china
    actors:
      - { actor: china, role: speaker }
    topics: [chips]
    sources:
      - { source: https://example.org/a }
  - slug: the-answer
    type: statement
    title: The answer
    date: "2025-08"
    related:
      - { event: the-speech, relation: responds_to }
`,
  'notes.yaml': `notes:
  - topic: How many
    text: Sources disagree.
    events: [the-speech]
`,
};

/** @returns writes the files, `edited` in place of those of the same name, and tells where they are */
export function useDataFiles(): (edited?: Record<string, string>) => string {
  const directories: string[] = [];
  afterAll(() => {
    for (const directory of directories) rmSync(directory, { recursive: true });
  });
  return (edited = {}) => {
    const directory = mkdtempSync(join(tmpdir(), 'demarche-data-'));
    directories.push(directory);
    for (const [name, text] of Object.entries({ ...FILES, ...edited })) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    return directory;
  };
}

/** The file `name` with one text in place of another. */
export function edit(name: string, from: string, to: string): Record<string, string> {
  if (!FILES[name]!.includes(from)) throw new Error(`${name} does not hold ${from}`);
  return { [name]: FILES[name]!.replace(from, to) };
}
