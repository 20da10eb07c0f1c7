// The container files, held to the rest of the project: what they name exists, what they configure is documented.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { environmentVariables } from '../src/config.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const packageJson = z
  .object({ bin: z.object({ driftline: z.string() }), scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

describe('compose.yml', () => {
  const text = read('compose.yml');
  const Service = z.object({
    build: z.string().optional(),
    image: z.string(),
    command: z.array(z.string()).optional(),
    environment: z.record(z.string(), z.string()),
    volumes: z.array(z.string()).optional(),
    restart: z.literal('unless-stopped'),
    healthcheck: z.unknown().optional(),
    deploy: z.object({ replicas: z.int() }).optional(),
    depends_on: z.record(z.string(), z.object({ condition: z.literal('service_healthy') })).optional(),
  });
  const compose = z
    .object({
      services: z.object({
        app: Service,
        worker: Service,
        postgres: Service,
        valkey: Service.extend({ environment: z.undefined().optional() }),
      }),
      volumes: z.record(z.string(), z.null()),
    })
    .parse(parse(text, { merge: true }));
  const { app, worker, postgres, valkey } = compose.services;

  test('refers only to variables that docs/configuration.md explains', () => {
    const page = read('docs/configuration.md');
    const referred = [...new Set([...text.matchAll(/\$\{(\w+)/g)].map((match) => match[1] ?? ''))];
    expect(referred).toContain('WEBHOOK_SECRET');
    expect(referred.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test('gives our processes only variables that we read, and the same ones to both', () => {
    const { WORKER_CONCURRENCY, ...shared } = worker.environment;
    expect(WORKER_CONCURRENCY).toBeDefined();
    expect(shared).toEqual(app.environment);
    expect(
      Object.keys(worker.environment).filter((name) => !environmentVariables.some((known) => known === name)),
    ).toEqual([]);
  });

  test('runs one server, two workers, and waits for queue and database', () => {
    expect([app.command, worker.command, worker.deploy?.replicas]).toEqual([['serve', '--no-worker'], ['worker'], 2]);
    for (const service of [app, worker]) expect(Object.keys(service.depends_on ?? {})).toEqual(['valkey', 'postgres']);
    for (const service of [valkey, postgres]) expect(service.healthcheck).toHaveProperty('test');
    expect(valkey.command).toEqual(expect.arrayContaining(['--appendonly', 'yes', 'noeviction']));
    const mounted = Object.values(compose.services).flatMap((service) => service.volumes ?? []);
    expect(mounted.map((mount) => mount.split(':')[0]).sort()).toEqual(Object.keys(compose.volumes).sort());
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile').replaceAll('\\\n', '').split('\n');
  const instructions = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const ignored = read('.dockerignore').split('\n');

  test('copies only what exists and is let into the build', () => {
    const sources = instructions('COPY')
      .filter((line) => !line.startsWith('--from='))
      .flatMap((line) => line.split(' ').slice(0, -1));
    expect(sources).toEqual(expect.arrayContaining(['migrations', 'app.yml']));
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    expect(sources.filter((source) => !ignored.includes(`!${source}`))).toEqual([]);
  });

  test('takes from stages that exist', () => {
    const stages = instructions('FROM').flatMap((line) => / AS (\w+)$/.exec(line)?.[1] ?? []);
    const used = instructions('COPY').flatMap((line) => /^--from=(\w+) /.exec(line)?.[1] ?? []);
    expect([...new Set(used)].sort()).toEqual(stages.sort());
  });

  test('builds with scripts of package.json and starts its bin, without root rights and with a health check', () => {
    const scripts = [...read('Dockerfile').matchAll(/npm run --silent ([\w:]+)/g)].map((match) => match[1] ?? '');
    expect(scripts).toEqual(['build:addon', 'build']);
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
    expect(instructions('ENTRYPOINT')).toEqual([`["node", "/app/${packageJson.bin.driftline}"]`]);
    expect(lines.lastIndexOf('USER node')).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('FROM ')));
    expect(instructions('HEALTHCHECK').join()).toContain('/healthz');
    for (const base of instructions('FROM').slice(1)) expect(base).toMatch(/^node:24-/);
  });
});
