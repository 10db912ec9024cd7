// One address of each page, on the first data set: what all pages must hold is tried on each of them.

export const ADDRESSES: Record<string, string> = {
  '/': '/',
  '/events/:slug': '/events/li-qiang-waic-2025-keynote',
  '/plans': '/plans',
  '/plans/:slug': '/plans/global-ai-governance-action-plan',
  '/initiatives': '/initiatives',
  '/initiatives/:slug': '/initiatives/world-ai-cooperation-organization',
  '/actors': '/actors',
  '/actors/:slug': '/actors/li-qiang',
  '/add': '/add',
  '/review': '/review',
};

/** The first data set holds nothing that these could show: the tests of what they do look at them. */
export const MADE_ELSEWHERE = ['/review/:id'];
