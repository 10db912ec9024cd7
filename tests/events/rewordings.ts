// Developments of the first data set as somebody else would enter them who does not know that they are there, and others
// that are new but close to one that is there. Written by hand, to measure the threshold by.
import type { Described } from '../../src/events/similar.js';

const h20 =
  'https://www.tomshardware.com/tech-industry/artificial-intelligence/nvidia-writes-off-usd5-5-billion-in-gpus-as-us-govt-chokes-off-supply-of-h20s-to-china';
const codeOfPractice = 'https://starthub.asia/eu-ai-act-one-year-on-new-measures-enter-effect';
const labels = 'https://www.covingtonblogs.com/2025/03/18/china-releases-new-labeling-requirements-for-ai-generated-content/';
const proposal = 'https://www.pakistantoday.com.pk/2025/07/26/chinese-government-proposes-creation-of-global-ai-cooperation-organization/';

const as = (type: string, date: string, title: string, actors: string[], ...sources: string[]): Described => ({
  type,
  date,
  title,
  actors,
  sources,
});

/** By the slug of the event that each is. */
export const REWORDED: [string, Described][] = [
  [
    'global-ai-organisation-proposal',
    as('proposal', '2025-07-26', 'China proposes global AI cooperation organization', ['china', 'li-qiang']),
  ],
  [
    'global-ai-organisation-proposal',
    as('proposal', '2025-07-26', 'Beijing wants a world body for AI', ['china', 'china-mfa', 'li-qiang'], `${proposal}?utm_source=x`),
  ],
  [
    'global-ai-governance-action-plan-release',
    as('publication', '2025-07-26', 'China releases Global AI Governance Action Plan', ['china']),
  ],
  [
    'waic-2025',
    as('forum', '2025-07-26', '2025 World AI Conference and High-Level Meeting on Global AI Governance', [
      'li-qiang',
      'shanghai-municipality',
    ]),
  ],
  ['us-ai-action-plan', as('publication', '2025-07-24', "White House releases America's AI Action Plan", ['white-house'])],
  ['us-ai-diffusion-rule-rescinded', as('regulatory_action', '2025-05-13', 'US rescinds AI diffusion rule', ['us-bis'])],
  [
    'eu-gpai-code-of-practice',
    as('publication', '2025-07-10', 'EU releases General-Purpose AI Code of Practice', ['european-commission'], codeOfPractice),
  ],
  [
    'china-ai-labelling-measures-2025',
    as('regulatory_action', '2025-03-14', 'Labels required on content that is made by AI', ['china-cac'], labels),
  ],
  ['deepseek-r1-release', as('publication', '2025-01-20', 'DeepSeek releases R1 reasoning model', ['deepseek'])],
  ['us-revokes-order-14110', as('executive_action', '2025-01-20', "Trump revokes Biden's 2023 executive order on AI", ['donald-trump'])],
  ['paris-ai-action-summit', as('forum', '2025-02-10', 'Paris AI Action Summit', ['france', 'india'])],
  ['japan-ai-promotion-act', as('legislation', '2025-05-28', 'Japan passes first AI law', ['japan'])],
  ['italy-ai-law', as('legislation', '2025-09-17', 'Italy passes national AI law, the first in the EU', ['italy'])],
  ['california-sb-53', as('legislation', '2025-09-29', 'California enacts frontier AI transparency act SB 53', ['california'])],
  ['kazakhstan-ai-law', as('legislation', '2025-11-18', "Kazakhstan adopts Central Asia's first AI law", ['kazakhstan'])],
  ['us-affiliates-rule', as('export_control', '2025-09-29', 'US extends Entity List to affiliates with majority ownership', ['us-bis'])],
  ['anthropic-chinese-ownership-ban', as('statement', '2025-09-05', 'Anthropic bars companies under Chinese ownership', ['anthropic'])],
  ['malaysia-ai-chip-permit', as('export_control', '2025-07-14', 'Malaysia requires permits for moving US AI chips', ['malaysia'])],
  [
    'seoul-ai-standards-statement',
    as('statement', '2025-12-02', 'ISO, IEC and ITU joint statement on AI standards', ['iec', 'iso', 'itu']),
  ],
  ['eu-digital-omnibus-proposal', as('proposal', '2025-11-19', 'Commission proposes delaying high-risk AI rules', ['european-commission'])],
  [
    'us-rejects-un-ai-governance',
    as('speech', '2025-09-24', 'US rejects centralised governance of AI', ['michael-kratsios', 'united-states']),
  ],
  [
    'bletchley-declaration',
    as('declaration', '2023-11-01/2023-11-02', 'The Bletchley Declaration', ['united-kingdom', 'united-states', 'china', 'european-union']),
  ],
  ['oecd-ai-principles-2019', as('declaration', '2019-05-22', 'OECD adopts AI Principles', ['oecd'])],
  ['cac-summons-nvidia', as('regulatory_action', '2025-07-31', 'China summons Nvidia over H20 chip security', ['china-cac', 'nvidia'])],
];

/** As REWORDED, but nothing of the title is left, and the date is off. */
export const FAR_OFF: [string, Described][] = [
  [
    'us-h20-licence-requirement',
    as('export_control', '2025-04-15', 'Washington requires licences for H20 sales', ['nvidia', 'us-commerce', 'china'], h20),
  ],
];

/** Each is like the event with this slug, and another one. */
export const OTHERS: [string, Described][] = [
  ['waico-agreement-signed', as('agreement', '2026-07-21', 'Five more states sign the WAICO agreement', ['china'])],
  [
    'china-rare-earth-controls-april-2025',
    as('export_control', '2025-04-04', 'China adds 16 US firms to its export control list', ['china', 'china-mofcom']),
  ],
  [
    'us-ai-exports-order',
    as('executive_action', '2025-07-23', 'Trump orders an end to ideological bias in federal AI', ['donald-trump', 'white-house']),
  ],
  [
    'global-ai-organisation-proposal',
    as('speech', '2025-07-26', 'Geoffrey Hinton calls for cooperation on AI safety in Shanghai', [], proposal),
  ],
  [
    'g7-kananaskis-ai-statement',
    as('declaration', '2025-06-17', 'G7 leaders issue a statement on quantum technologies', ['canada', 'united-states']),
  ],
  ['kazakhstan-ai-law', as('legislation', '2025-11-17', "Kazakhstan signs Central Asia's first digital code", ['uzbekistan'])],
  [
    'eu-ai-act-prohibitions-apply',
    as('publication', '2025-02-04', 'EU publishes guidelines on banned AI practices', ['european-commission']),
  ],
  [
    'us-ai-diffusion-rule-rescinded',
    as('export_control', '2025-05-13', 'US warns against using US chips to train Chinese models', ['us-bis']),
  ],
  [
    'paris-ai-action-summit',
    as('statement', '2025-02-11', 'EU announces 200 billion euros for AI in Paris', ['ursula-von-der-leyen', 'european-commission']),
  ],
  ['international-ai-safety-report-2025', as('report', '2025-10-15', 'First update of the International AI Safety Report published', [])],
];
