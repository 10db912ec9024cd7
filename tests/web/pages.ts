// One address of each page, on the first data set: what all pages must hold is tried on each of them.

export const ADDRESSES: Record<string, string> = {
  '/': '/',
  '/events/:slug': '/events/li-qiang-waic-2025-keynote',
};
