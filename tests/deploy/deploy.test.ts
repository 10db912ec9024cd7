// What is handed out in deploy/ holds together: it sets what the program knows, asks for what there is, waits as long as it
// says, is pinned, and has no secret in it. HAProxy and systemd check their own files, where they are installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { hasHaproxy } from '../support/haproxy.js';
import { ROOT } from '../support/postgres.js';
import { backupPod, compose, type Document, documents, files, given, lines, manifest, manifests, overlay, pod, read } from './files.js';

const SECRET = /PASSWORD|KEY|SECRET|TOKEN/;
const document = JSON.parse(readFileSync(join(ROOT, 'openapi/openapi.json'), 'utf8'));
const value = (way: string, name: string): string => given[way]!.find(([one]) => one === name)![1];

describe.each(Object.keys(given))('the settings of %s', (way) => {
  test('are settings of the program, with values that it takes', () => {
    const known = Object.keys(readConfigNames());
    expect(given[way]!.length).toBeGreaterThan(5);
    for (const [name] of given[way]!) expect(known).toContain(name);
    const filled = given[way]!.map(([name, text]) => [name, fill(name, text)]);
    expect(() => readConfig(Object.fromEntries(filled))).not.toThrow();
  });

  test('hold no secret', () => {
    for (const [name, text] of given[way]!.filter(([name, text]) => SECRET.test(name) || /:\/\/[^/]*:[^/]*@/.test(text)))
      expect(text, name).toMatch(/^$|\$\{\w+:\?[^}]*\}/);
  });
});

/** Every setting, by what the source says. */
function readConfigNames(): Record<string, true> {
  const source = readFileSync(join(ROOT, 'src/config.ts'), 'utf8');
  return Object.fromEntries([...source.matchAll(/^ {2}([A-Z_]+): \{/gm)].map(([, name]) => [name!, true]));
}

/** As an operator would, and compose: what is empty is to be filled in, what is optional stays empty. */
function fill(name: string, text: string): string {
  if (name === 'ADMIN_KEY') return 'x'.repeat(32);
  if (name === 'DATABASE_URL' && text === '') return 'postgresql://demarche:secret@db-1/demarche';
  return text.replace(/\$\{\w+:-([^}]*)\}/g, '$1').replace(/\$\{\w+:\?[^}]*\}/g, 'secret');
}

test('no file has a secret in it, and what holds one is left alone by git', () => {
  for (const path of files.filter((path) => path.endsWith('.example')))
    for (const [name, text] of lines(path).filter(([name]) => SECRET.test(name))) expect(text, `${path}: ${name}`).toBe('');
  for (const [, service] of Object.entries(compose.services as Record<string, Document>))
    for (const [name, text] of Object.entries((service.environment ?? {}) as Record<string, string>))
      if (SECRET.test(name)) expect(text, name).toMatch(/^\$\{\w+:\?/);
  expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  for (const path of ['deploy/compose/.env', 'deploy/kubernetes/overlays/example/secret.env'])
    expect(spawnSync('git', ['check-ignore', '-q', path], { cwd: ROOT }).status, path).toBe(0);
});

test('every variable that compose asks for stands in .env.example', () => {
  const asked = [...read('compose/compose.yml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
  expect(lines('compose/.env.example').map(([name]) => name)).toEqual(expect.arrayContaining([...new Set(asked)]));
});

test('every image is pinned to a version', () => {
  const images = [
    ...Object.values(compose.services as Record<string, Document>).flatMap(({ image, build }) => (build === undefined ? [image] : [])),
    ...[pod, backupPod].flatMap(({ containers }) => containers.map(({ image }: Document) => image)),
    ...overlay.images.map(({ newName, newTag }: Document) => `${newName}:${newTag}`),
  ];
  expect(images.length).toBeGreaterThan(6);
  for (const image of images) expect(image).toMatch(/:v?\d+\.\d+[\w.-]*$/);
});

test('probes and balancers ask for routes that there are', () => {
  const { startupProbe, livenessProbe, readinessProbe } = pod.containers[0];
  const asked = [
    ...[startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path),
    ...['haproxy/app.cfg', 'compose/haproxy-app.cfg'].flatMap((path) =>
      [...read(path).matchAll(/httpchk GET (\S+)/g)].map(([, route]) => route),
    ),
  ];
  expect(new Set(asked)).toEqual(new Set(['/health/live', '/health/ready']));
  for (const path of asked) expect(Object.keys(document.paths)).toContain(path);
  expect(readinessProbe.httpGet.path).toBe('/health/ready');
  expect(livenessProbe.httpGet.path).toBe('/health/live');
});

test('ports agree', () => {
  const [, port] = /PORT=(\d+)/.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))!;
  expect(pod.containers[0].ports).toEqual([{ name: 'http', containerPort: Number(port) }]);
  expect(value('kubernetes', 'PORT')).toBe(port);
  expect(manifest('Service').spec.ports[0].targetPort).toBe('http');
  expect(read('compose/haproxy-app.cfg').match(/app:(\d+)/)![1]).toBe(port);
  expect(compose.services.balancer.ports[0].endsWith(compose.services.balancer.environment.BIND)).toBe(true);
});

test('a stop has the time that it takes: until it is noticed, until it is done, and a little', () => {
  const seconds = (way: string, name: string, otherwise = 10_000) => {
    const found = given[way]!.find(([one]) => one === name);
    return Number(found?.[1] ?? otherwise) / 1000;
  };
  const stops = {
    compose: Number.parseInt(compose.services.app.stop_grace_period, 10),
    kubernetes: pod.terminationGracePeriodSeconds,
    systemd: Number(/TimeoutStopSec=(\d+)s/.exec(read('systemd/demarche.service'))![1]),
  };
  for (const [way, given_s] of Object.entries(stops))
    expect(given_s, way).toBeGreaterThan(seconds(way, 'SHUTDOWN_DELAY_MS') + seconds(way, 'SHUTDOWN_TIMEOUT_MS'));
  const [, inter, fall] = /check inter (\d+)s fall (\d+)/.exec(read('haproxy/haproxy.cfg'))!;
  for (const way of ['compose', 'systemd'])
    expect(seconds(way, 'SHUTDOWN_DELAY_MS'), way).toBeGreaterThanOrEqual(2 * Number(inter) * Number(fall));
  const { periodSeconds, failureThreshold } = pod.containers[0].readinessProbe;
  expect(seconds('kubernetes', 'SHUTDOWN_DELAY_MS')).toBeGreaterThanOrEqual(2 * periodSeconds * failureThreshold);
});

test('pods have no rights that they do not need, and select what is theirs', () => {
  for (const { containers, securityContext, automountServiceAccountToken } of [pod, backupPod]) {
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(automountServiceAccountToken).toBe(false);
    for (const container of containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources.limits.memory).toBe('512Mi');
    }
  }
  const { labels } = manifest('Deployment').spec.template.metadata;
  expect(manifest('Deployment').spec.selector.matchLabels).toEqual(labels);
  expect(manifest('Service').spec.selector).toEqual(labels);
  expect(manifest('PodDisruptionBudget').spec.selector.matchLabels).toEqual(labels);
  expect(manifest('CronJob').spec.jobTemplate.spec.template.metadata.labels).not.toEqual(labels);
  expect(manifest('HorizontalPodAutoscaler').spec.scaleTargetRef.name).toBe(manifest('Deployment').metadata.name);
});

test('Patroni waits for a standby, within the bounds of its own clock', () => {
  const { dcs } = documents('patroni/patroni.yml')[0].bootstrap;
  expect(dcs.synchronous_mode).toBe(true);
  expect(dcs.ttl).toBeGreaterThanOrEqual(Math.max(20, dcs.loop_wait + 2 * dcs.retry_timeout));
});

test('every YAML file can be read', () => {
  for (const path of files.filter((path) => /\.ya?ml$/.test(path))) expect(documents(path).length, path).toBeGreaterThan(0);
});

if (!hasHaproxy()) console.log('HAProxy is not installed (Debian: apt-get install haproxy); it does not check its files.');
test.runIf(hasHaproxy()).each(['haproxy/app.cfg', 'compose/haproxy-app.cfg'])('HAProxy takes haproxy.cfg with %s', (path) => {
  const { PATH = '' } = process.env;
  const input = ['haproxy/haproxy.cfg', path].flatMap((one) => ['-f', join(ROOT, 'deploy', one)]);
  const { status, stderr } = spawnSync('haproxy', ['-c', ...input], { env: { PATH, BIND: '127.0.0.1:8080' }, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('WARNING')]);
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd) console.log('systemd-analyze is not there; units are not checked by systemd.');
test.runIf(hasSystemd)('systemd takes the units, and finds little exposed', () => {
  const directory = mkdtempSync(join(tmpdir(), 'demarche-units-'));
  const units = files.filter((path) => /^systemd\/.*\.(service|timer)$/.test(path));
  const paths = units.map((path) => {
    const to = join(directory, path.slice('systemd/'.length));
    // Node may be somewhere else here.
    writeFileSync(to, read(path).replaceAll('/usr/bin/node', process.execPath));
    return to;
  });
  const analyze = (...input: string[]) => spawnSync('systemd-analyze', input, { encoding: 'utf8' });
  const { status, stderr } = analyze('verify', '--man=no', ...paths);
  expect([status, stderr.split('\n').filter((line) => line.includes(directory))]).toEqual([0, []]);
  for (const path of paths.filter((path) => path.endsWith('.service')))
    expect(analyze('security', '--offline=true', '--threshold=20', path).status, path).toBe(0);
  rmSync(directory, { recursive: true });
});
