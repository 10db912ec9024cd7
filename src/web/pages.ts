// The pages of the site: a path and what makes the page. A new page is a file and a line here.
import { actorsPage } from './actor/list.js';
import { actorPage } from './actor/page.js';
import { addPage } from './add/page.js';
import { eventPage } from './event/page.js';
import { initiativesPage } from './initiative/list.js';
import { initiativePage } from './initiative/page.js';
import { plansPage } from './plan/list.js';
import { planPage } from './plan/page.js';
import { proposalPage } from './review/one.js';
import { reviewPage } from './review/page.js';
import type { MakePage } from './site.js';
import { timelinePage } from './timeline/page.js';

export const PAGES: Record<string, MakePage> = {
  '/': timelinePage,
  '/events/:slug': eventPage,
  '/initiatives': initiativesPage,
  '/initiatives/:slug': initiativePage,
  '/add': addPage,
  '/actors': actorsPage,
  '/actors/:slug': actorPage,
  '/plans': plansPage,
  '/plans/:slug': planPage,
  '/review': reviewPage,
  '/review/:id': proposalPage,
};
