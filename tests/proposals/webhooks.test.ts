// Webhooks are told of proposals as readers without a key are; one that an admin lets have what is hidden, as editors.
import { expect, test } from 'vitest';
import { useDeliveries } from '../webhooks/delivering.js';
import { development, proposeNew, proposing } from './proposing.js';

const on = useDeliveries();
const { propose, take } = proposing(on.api);
const types = () => on.receiver.received.map(({ type }) => type);

test('a verdict is delivered, and nothing before it', async () => {
  await on.subscribe({ filters: { entity: ['proposal', 'topic'] } });
  const { id } = await propose(proposeNew(development('canary')));
  await take(id, 'reject', { reason: 'No' });
  await on.addTopic();
  await expect.poll(types).toEqual(['proposal.rejected', 'topic.created']);
  expect(on.receiver.received[0]!.body).not.toContain('canary');
});

test('every step is, where an admin chose so', async () => {
  await on.subscribe({ include_hidden: true, filters: { entity: ['proposal'] } });
  const { id } = await propose(proposeNew(development('accepted')));
  await take(id, 'take');
  await take(id, 'accept');
  await expect.poll(types).toEqual(['proposal.created', 'proposal.updated', 'proposal.accepted']);
});
