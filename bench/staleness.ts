// Writes over one connection and reads over another, so that another process answers, and counts who is answered from
// before the write. Each checker has an event of its own and knows what it must find.
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Staleness {
  checks: number;
  /** Answers from before the write, although its token was sent. */
  violations: number;
  /** Answers from before the write where it was not: what the token is for. */
  older_without: number;
}

const CHECKERS = 8;
const CONNECTIONS = 8;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export async function checkStaleness(address: string, key: string, checks: number): Promise<Staleness> {
  const agents = Array.from({ length: CONNECTIONS }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const found: Staleness = { checks: 0, violations: 0, older_without: 0 };

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

  async function check(name: string): Promise<void> {
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
    for (let number = 1; found.checks < checks; number++) {
      const [writer, reader] = shuffled(agents);
      const place = places[number % places.length]!;
      // Kept there from before, if anywhere.
      await ask(reader!, place);
      const written = await ask(writer!, `/v1/events/${name}`, { authorization }, 'PATCH', { title: `number ${number}` });
      if (written.status !== 200) throw new Error(`PATCH answered ${written.status}: ${written.body}`);
      const isThere = ({ body }: Answer) => body.includes(`"number ${number}"`);
      // Every tenth without it, to see that there is something to be seen.
      if (number % 10 === 0) {
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

  await Promise.all(Array.from({ length: CHECKERS }, (_, index) => check(`checked-${Date.now().toString(36)}-${index}`)));
  for (const agent of agents) agent.destroy();
  return found;
}

const shuffled = <Item>(items: Item[]): Item[] => {
  const from = Math.floor(Math.random() * items.length);
  const other = (from + 1 + Math.floor(Math.random() * (items.length - 1))) % items.length;
  return [items[from]!, items[other]!];
};
