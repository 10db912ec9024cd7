// The event types by their names on the wire: the one list that all else reads.
import { agreement } from './agreement.js';
import { appointment } from './appointment.js';
import { consultation } from './consultation.js';
import { declaration } from './declaration.js';
import type { EventType } from './event-type.js';
import { executiveAction } from './executive-action.js';
import { exportControl } from './export-control.js';
import { forum } from './forum.js';
import { invitation } from './invitation.js';
import { legislation } from './legislation.js';
import { meeting } from './meeting.js';
import { other } from './other.js';
import { pledge } from './pledge.js';
import { position } from './position.js';
import { proposal } from './proposal.js';
import { publication } from './publication.js';
import { regulatoryAction } from './regulatory-action.js';
import { report } from './report.js';
import { resolution } from './resolution.js';
import { speech } from './speech.js';
import { statement } from './statement.js';

export const EVENT_TYPES = {
  speech,
  statement,
  forum,
  meeting,
  proposal,
  publication,
  report,
  invitation,
  position,
  pledge,
  agreement,
  declaration,
  resolution,
  legislation,
  executive_action: executiveAction,
  regulatory_action: regulatoryAction,
  export_control: exportControl,
  appointment,
  consultation,
  other,
} as const satisfies Record<string, EventType>;

export type EventTypeName = keyof typeof EVENT_TYPES;
export const EVENT_TYPE_NAMES = Object.keys(EVENT_TYPES) as [EventTypeName, ...EventTypeName[]];
