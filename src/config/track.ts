/** `track:` of the configuration: what this director must reach, and what it weighs, as keepalived has it. */
import { isIP } from 'node:net';
import * as z from 'zod';
import type { TrackSettings } from '../director/config.ts';
import { expects, flag, integer, interfaceName, keys, list, milliseconds, name } from './fields.ts';
import type { Refuse } from './twins.ts';

/** keepalived's range: a weight must not carry a priority from one end to the other. */
const LARGEST_WEIGHT = 253;
const DEFAULT_EVERY_MS = 1000;
const DEFAULT_USER = 'nobody';

const weight = integer(-LARGEST_WEIGHT, LARGEST_WEIGHT, 'weight: -50')
  .optional()
  .describe(
    'Below 0: taken off while it is down; above: added while it is up; default 0, down it is a fault',
  );

const destination = (example: string) => {
  const text = expects('a destination with its prefix length', example);
  return z.string(text).refine((value) => {
    const [address = '', length = '', ...more] = value.split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    return isIP(address) !== 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits && more.length === 0;
  }, text);
};

const script = keys(
  {
    name: name('name: chk').describe('What status and logs call it'),
    command: z
      .array(z.string(), expects('a program and its arguments', 'command: [/usr/local/bin/check, web]'))
      .min(1, 'is empty: write for example "command: [/usr/local/bin/check, web]"')
      .describe('An absolute path and arguments; no shell reads them. 0 is success')
      .refine(
        ([file = '']) => file.startsWith('/'),
        expects('a path that begins with /', 'command: [/usr/local/bin/check]'),
      ),
    interval: milliseconds(100, 3_600_000, 1, 'interval: 2s').optional().describe('Between runs; default 1s'),
    timeout: milliseconds(100, 3_600_000, 1, 'timeout: 2s')
      .optional()
      .describe('A run that takes longer is ended, and has failed; default interval'),
    rise: integer(1, 1000, 'rise: 2')
      .optional()
      .describe('Successes in a row until it is up again; default 1'),
    fall: integer(1, 1000, 'fall: 2').optional().describe('Failures in a row until it is down; default 1'),
    weight,
    user: name('user: nobody').optional().describe('Whom it runs as; default nobody'),
  },
  '- {name: chk, command: [/usr/local/bin/check], weight: -50}',
);

export const trackSchema = keys(
  {
    defaults: flag('defaults: false')
      .optional()
      .describe('Whether every one of "interfaces" is tracked, as a fault unless named below; default true'),
    interfaces: list(
      keys({ name: interfaceName('name: eth1'), weight }, '- {name: eth1, weight: -50}'),
      'interfaces',
      'interfaces: [{name: eth1, weight: -50}]',
    ).optional(),
    routes: list(
      keys({ to: destination('to: 0.0.0.0/0'), weight }, '- {to: 0.0.0.0/0, weight: -50}'),
      'routes',
      'routes: [{to: 0.0.0.0/0}]',
    )
      .max(32, 'has more than 32 routes: name fewer')
      .optional()
      .describe('Exact destinations of the main routing table'),
    scripts: list(script, 'scripts', 'scripts: [{name: chk, command: [/usr/local/bin/check]}]')
      .max(32, 'has more than 32 scripts: name fewer')
      .optional(),
  },
  'track: {interfaces: [{name: eth1, weight: -50}]}',
);

type TrackFile = z.output<typeof trackSchema>;

export function checkTrack(track: TrackFile | undefined, priority: number, refuse: Refuse): void {
  const weighed = [
    ...(track?.interfaces ?? []).map(({ weight }, index) => ({ weight, path: ['interfaces', index] })),
    ...(track?.routes ?? []).map(({ weight }, index) => ({ weight, path: ['routes', index] })),
    ...(track?.scripts ?? []).map(({ weight }, index) => ({ weight, path: ['scripts', index] })),
  ];
  for (const { weight, path } of weighed) {
    if (priority === 255 && weight)
      refuse(
        ['track', ...path, 'weight'],
        'is for priorities below 255: the owner of the addresses keeps its own',
      );
  }
}

/** @param interfaces those that carry the program; @param own those of virtual routers, which need their carrier anyway */
export function trackSettings(
  track: TrackFile | undefined,
  interfaces: readonly string[],
  own: readonly string[],
): TrackSettings {
  const named = (track?.interfaces ?? []).map(({ name, weight = 0 }) => ({ name, weight }));
  const taken = new Set([...own, ...named.map(({ name }) => name)]);
  const rest = track?.defaults === false ? [] : interfaces.filter((name) => !taken.has(name));
  return {
    links: [...named, ...rest.map((name) => ({ name, weight: 0 }))],
    routes: (track?.routes ?? []).map(({ to, weight = 0 }) => ({ destination: to, weight })),
    scripts: (track?.scripts ?? []).map((given) => ({
      name: given.name,
      command: given.command,
      intervalMs: given.interval ?? DEFAULT_EVERY_MS,
      timeoutMs: given.timeout ?? given.interval ?? DEFAULT_EVERY_MS,
      rise: given.rise ?? 1,
      fall: given.fall ?? 1,
      weight: given.weight ?? 0,
      userName: given.user ?? DEFAULT_USER,
    })),
  };
}
