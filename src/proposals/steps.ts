// The named steps of a review, as the API offers them.
import type { z } from 'zod';
import type { Answered, Keeping } from './review.js';
import { acceptBody, commentBody, refusalBody, stepBody } from './schema.js';
import type { ProposalService } from './service.js';
import type { Viewer } from './view.js';

export interface StepBody {
  reason?: string;
  comment?: string;
  text?: string;
}

interface Step {
  /** The last part of its address. */
  name: string;
  /** operationId. */
  id: string;
  /** Who takes it: an editor, or the author. */
  by: 'editor' | 'author';
  summary: string;
  description: string;
  body: z.ZodType;
  example: object;
  take(proposals: ProposalService, id: string, viewer: Viewer, keeping: Keeping, body: StepBody): Promise<Answered>;
}

export const STEPS: Step[] = [
  {
    name: 'take',
    id: 'takeProposal',
    by: 'editor',
    summary: 'Take a proposal',
    description: 'Tells the other editors that you look at it; they may decide on it all the same.',
    body: stepBody,
    example: {},
    take: (proposals, id, viewer, keeping, why) => proposals.take(id, viewer, keeping, why),
  },
  {
    name: 'release',
    id: 'releaseProposal',
    by: 'editor',
    summary: 'Give a proposal back',
    description: 'Leaves it to the other editors again; an admin does it for somebody else, too.',
    body: stepBody,
    example: {},
    take: (proposals, id, viewer, keeping, why) => proposals.release(id, viewer, keeping, why),
  },
  {
    name: 'comments',
    id: 'commentProposal',
    by: 'author',
    summary: 'Comment on a proposal',
    description: 'By editors and by its author, who alone are shown it, until it is decided.',
    body: commentBody,
    example: { text: 'Is there an official page besides?' },
    take: (proposals, id, viewer, keeping, { text }) => proposals.comment(id, viewer, keeping, text!),
  },
  {
    name: 'accept',
    id: 'acceptProposal',
    by: 'editor',
    summary: 'Accept a proposal',
    description:
      'Does what it asks for, as a write of yours would, in the same transaction as the verdict: the revision is credited to its author and to you, and `verdict.revision` points to it. A change that was made for an older version is merged where fields do not clash; where they do nothing is done, and the 409 shows each in `clashes`. With `validate_only=true` you see whether it could be done. Nobody accepts their own (403).',
    body: acceptBody,
    example: { reason: 'new_development', comment: 'Two sources agree.' },
    take: (proposals, id, viewer, keeping, why) => proposals.accept(id, viewer, keeping, why),
  },
  {
    name: 'reject',
    id: 'rejectProposal',
    by: 'editor',
    summary: 'Reject a proposal',
    description:
      'The verdict and why are public; what it said is from then on for its author and for editors alone. Nobody rejects their own (403): they withdraw it.',
    body: refusalBody,
    example: { reason: 'A duplicate', comment: 'It is there as global-ai-organisation-proposal.' },
    take: (proposals, id, viewer, keeping, why) => proposals.reject(id, viewer, keeping, why),
  },
  {
    name: 'request-changes',
    id: 'requestChangesOfProposal',
    by: 'editor',
    summary: 'Ask for changes of a proposal',
    description: 'Gives it back to its author, who revises it with PATCH; then it is open again.',
    body: refusalBody,
    example: { comment: 'Please add a source for the date.' },
    take: (proposals, id, viewer, keeping, why) => proposals.requestChanges(id, viewer, keeping, why),
  },
  {
    name: 'withdraw',
    id: 'withdrawProposal',
    by: 'author',
    summary: 'Withdraw a proposal',
    description: 'By its author, until it is decided. Nobody decides on it then; send a new one instead of bringing it back.',
    body: stepBody,
    example: { comment: 'The meeting was put off.' },
    take: (proposals, id, viewer, keeping, why) => proposals.withdraw(id, viewer, keeping, why),
  },
];
