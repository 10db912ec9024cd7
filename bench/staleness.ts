// Writes over one connection and reads over another, so that another process answers, and counts who is answered from
// before the write. Each checker has an event of its own and knows what it must find.
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Staleness {
  checks: number;
  /** Answers from before the write, although its token was sent. */
  violations: number;
  /** Reads right after a write that sent no token, while nobody else wrote, and how many were from before it: what the token is for. */
  without: number;
  older_without: number;
}

const CHECKERS = 8;
const CONNECTIONS = 8;
const ALONE = 100;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export async function checkStaleness(address: string, key: string, checks: number): Promise<Staleness> {
  const agents = Array.from({ length: CONNECTIONS }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const found: Staleness = { checks: 0, violations: 0, without: 0, older_without: 0 };

  const ask = (agent: Agent, path: string, headers: Record<string, string> = {}, method = 'GET', body?: object): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(`${address}${path}`, {
        agent,
        method,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (data) => (text += data));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
      });
      sent.end(body && JSON.stringify(body));
    });
  const authorization = `Bearer ${key}`;

  async function check(name: string, until: number, isAlone = false): Promise<void> {
    const topic = `${name}-topic`;
    await ask(agents[0]!, '/v1/topics', { authorization }, 'POST', { slug: topic, name: topic });
    await ask(agents[0]!, '/v1/events', { authorization }, 'POST', {
      slug: name,
      type: 'other',
      title: 'number 0',
      date: '2025',
      topics: [topic],
    });
    const places = [`/v1/timeline?topic=${topic}`, `/v1/events/${name}`, `/v1/timeline.ndjson?topic=${topic}`];
    for (let number = 1; found.checks < until; number++) {
      const [writer, reader] = shuffled(agents);
      const place = places[number % places.length]!;
      // Kept there from before, if anywhere.
      await ask(reader!, place);
      const written = await ask(writer!, `/v1/events/${name}`, { authorization }, 'PATCH', { title: `number ${number}` });
      if (written.status !== 200) throw new Error(`PATCH answered ${written.status}: ${written.body}`);
      const isThere = ({ body }: Answer) => body.includes(`"number ${number}"`);
      if (isAlone && number % 2 === 0) {
        found.without++;
        if (!isThere(await ask(reader!, place))) found.older_without++;
        continue;
      }
      found.checks++;
      const byToken = await ask(reader!, place, { 'consistency-token': written.headers['consistency-token'] as string });
      if (!isThere(byToken)) found.violations++;
      // And whoever has that answer is not answered from before it by a third.
      const again = await ask(shuffled(agents)[0]!, place, { 'if-none-match': byToken.headers.etag! });
      if (again.status !== 304 && !isThere(again)) found.violations++;
    }
  }

  const run = `checked-${Date.now().toString(36)}`;
  // Alone first: where many write, each read with a token tells its process what the others have written.
  await check(`${run}-alone`, Math.min(ALONE, checks), true);
  await Promise.all(Array.from({ length: CHECKERS }, (_, index) => check(`${run}-${index}`, checks)));
  for (const agent of agents) agent.destroy();
  return found;
}

const shuffled = <Item>(items: Item[]): Item[] => {
  const from = Math.floor(Math.random() * items.length);
  const other = (from + 1 + Math.floor(Math.random() * (items.length - 1))) % items.length;
  return [items[from]!, items[other]!];
};
