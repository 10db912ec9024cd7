// What is handed out in deploy/, as read by a parser: each file by its name, and the settings that each gives the program.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ROOT } from '../support/postgres.js';

const DEPLOY = join(ROOT, 'deploy');

// biome-ignore lint/suspicious/noExplicitAny: documents of other programs, of which the tests ask for what matters
export type Document = any;

export const read = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8');

/** All files, by their path below deploy/. */
export const files = readdirSync(DEPLOY, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name).slice(DEPLOY.length + 1));

/** @throws where it is no YAML, or names something twice */
export const documents = (path: string): Document[] =>
  parseAllDocuments(read(path), { merge: true }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]!.message}`);
    return document.toJS();
  });

/** "NAME=value" lines, as systemd, kustomize and compose read them. */
export const lines = (path: string): [name: string, value: string][] =>
  [...read(path).matchAll(/^([A-Z_0-9]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]);

const literals = (path: string): [string, string][] =>
  documents(path)[0]
    .configMapGenerator.flatMap((one: Document) => one.literals as string[])
    .map((line: string) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);

const BASE = 'kubernetes/base';
const OVERLAY = 'kubernetes/overlays/example';
export const compose: Document = documents('compose/compose.yml')[0];
/** Of the base, each with its kind. */
export const manifests: Document[] = documents(`${BASE}/kustomization.yaml`)[0].resources.flatMap((name: string) =>
  documents(`${BASE}/${name}`),
);
export const manifest = (kind: string): Document => manifests.find((one) => one.kind === kind);
export const overlay: Document = documents(`${OVERLAY}/kustomization.yaml`)[0];
export const pod: Document = manifest('Deployment').spec.template.spec;
export const backupPod: Document = manifest('CronJob').spec.jobTemplate.spec.template.spec;

/** What each way of running it gives the program. */
export const given: Record<string, [name: string, value: string][]> = {
  compose: Object.entries(compose.services.app.environment as Record<string, string>),
  kubernetes: [
    ...literals(`${BASE}/kustomization.yaml`),
    ...literals(`${OVERLAY}/kustomization.yaml`),
    ...lines(`${OVERLAY}/secret.env.example`),
  ],
  systemd: [
    ...lines('systemd/demarche.env.example'),
    ...[...read('systemd/demarche.service').matchAll(/ (DATA_DIR)=(\S+)/g)].map(([, name, value]) => [name, value] as [string, string]),
  ],
};
