// New developments as they are recorded: by server-sent events; where the browser has a key, which it cannot send with those,
// by asking from time to time.
import { askData, readKey } from '../key/key.js';

export interface Change {
  id: string;
  operation: string;
}

/** In milliseconds. */
const TOGETHER = 250;
const EVERY = 10_000;

/** @param onChange told of what changed within a moment, together */
export function follow(onChange: (changes: Change[]) => void): void {
  let waiting: Change[] = [];
  const take = (change: Change): void => {
    if (waiting.length === 0)
      window.setTimeout(() => {
        const changes = waiting;
        waiting = [];
        onChange(changes);
      }, TOGETHER);
    waiting.push(change);
  };
  if (readKey() === null) {
    const stream = new EventSource('/v1/changes/stream?entity=event');
    stream.addEventListener('change', ({ data }) => take(JSON.parse(data)));
    stream.addEventListener('open', () => {
      document.documentElement.dataset.live = 'yes';
    });
  } else void poll(take);
}

async function poll(take: (change: Change) => void): Promise<void> {
  const { meta } = await askData<{ meta: { last_seq: number } }>('/v1/changes?entity=event&limit=1');
  let next = `/v1/changes?entity=event&since=${meta.last_seq}`;
  setInterval(async () => {
    const { data, page } = await askData<{ data: Change[]; page: { next: string } }>(next);
    next = page.next;
    data.forEach(take);
  }, EVERY);
}
