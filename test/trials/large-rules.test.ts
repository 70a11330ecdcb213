/** 10,000 services with 100,000 real servers: how long they take to load, and what a packet costs beside ten services. */
import { expect, test } from 'vitest';
import { ipv4FromNumber, parseAddress } from '../../src/model/address.ts';
import { EMPTY_RULES, type RuleSet, type VirtualService } from '../../src/model/rules.ts';
import { tcp } from '../support/packet.ts';
import { CLIENT, LIP, PlaneBench, VERDICT, VIP } from '../support/plane.ts';
import { percentile, report } from '../support/report.ts';

const SERVERS = 10;
const CONNECTIONS = 1000;
/** Packets of each connection, one after the other, as they would come. */
const ROUNDS = 20;

function rulesOf(services: number): RuleSet {
  return {
    ...EMPTY_RULES,
    services: Array.from(
      { length: services },
      (_, at): VirtualService => ({
        id: {
          kind: 'address',
          protocol: 'tcp',
          address: parseAddress(VIP),
          port: at + 1,
          subnetId: 0,
        },
        scheduler: 'wlc',
        schedulerFlags: [],
        onePacket: false,
        locals: [{ address: parseAddress(LIP) }],
        servers: Array.from({ length: SERVERS }, (_each, server) => ({
          address: at < CONNECTIONS ? parseAddress('192.168.10.2') : ipv4FromNumber(0x0b000000 + at),
          port: 1000 + server,
          weight: 1,
          forwarding: 'fullnat' as const,
          upperThreshold: 0,
          lowerThreshold: 0,
        })),
      }),
    ),
  };
}

interface Measured {
  readonly loadMs: number;
  readonly editMs: number;
  readonly packetNs: number;
  readonly firstNs: number;
}

function measure(services: number): Measured {
  const bench = new PlaneBench(`large-${services}`, { connections: 65_536 });
  try {
    const rules = rulesOf(services);
    const began = performance.now();
    bench.plane.applyRules(rules);
    const loadMs = performance.now() - began;
    bench.rules = rules;
    bench.placeAddresses();
    bench.openFence();
    // As many connections, over as many of the services as there are.
    const tuples = Array.from({ length: CONNECTIONS }, (_, at) => ({
      from: CLIENT,
      fromPort: 10_000 + at,
      to: VIP,
      toPort: (at % services) + 1,
    }));
    const opening = performance.now();
    for (const tuple of tuples)
      expect(bench.fromClient(tcp(tuple, { flags: 'S' })).verdict).toBe(VERDICT.REDIRECT);
    const firstNs = ((performance.now() - opening) * 1e6) / CONNECTIONS;
    const frames = tuples.map((tuple) => tcp(tuple, { flags: 'A', seq: 1, ack: 1 }));
    const durations: number[] = [];
    for (let round = 0; round < ROUNDS; round++)
      for (const frame of frames) durations.push(bench.fromClient(frame).duration);
    const editing = performance.now();
    const [service] = rules.services;
    if (service)
      bench.edit({ op: 'edit-service', id: service.id, settings: { ...service, scheduler: 'wrr' } });
    const editMs = performance.now() - editing;
    return { loadMs, editMs, packetNs: percentile(durations, 50), firstNs };
  } finally {
    bench.remove();
  }
}

test('a packet costs the same with ten services and with ten thousand', () => {
  const few = measure(10);
  const many = measure(10_000);
  const row = (name: string, of: Measured): [string, string] => [
    name,
    `loaded in ${of.loadMs.toFixed(0)} ms, one edit ${of.editMs.toFixed(1)} ms, ${of.packetNs} ns a packet, ` +
      `${(of.firstNs / 1000).toFixed(1)} us a first packet with its system call`,
  ];
  report('large-rules', [
    row('10 services, 100 servers', few),
    row('10,000 services, 100,000 servers', many),
    ['ratio of an established packet', (many.packetNs / few.packetNs).toFixed(2)],
  ]);
  expect(many.packetNs).toBeGreaterThan(0);
});
