/** ARP requests and neighbour solicitations for the generator, and what can be wrong with them. */
import { arpRequest, solicitation, to } from '../../support/packet.ts';
import type { Random } from '../../support/random.ts';
import type { Arm, Step } from './case.ts';
import { damaged } from './frames.ts';
import { PLACE } from './places.ts';

/** @param macs link addresses of the plane's own arms */
export function randomQuestion(macs: Readonly<Record<Arm, Uint8Array>>, random: Random): Step {
  const arm = random.chance(0.8) ? 'front' : 'back';
  const { virtuals, locals, clients, own, far } = PLACE[random.pick([4, 6] as const)];
  const target = random.pick([...virtuals, ...virtuals, ...virtuals, ...locals, ...own, far]);
  const isIpv6 = target.includes(':');
  const frame = isIpv6
    ? randomSolicitation(clients[0] ?? '', target, random)
    : arpRequest(clients[0] ?? '', target);
  const spoilt = random.chance(0.3) ? damaged(frame, random) : frame;
  const addressed = random.chance(0.2) ? to(macs[arm], spoilt) : spoilt;
  return { do: 'packet', arm, hex: addressed.toString('hex') };
}

function randomSolicitation(from: string, target: string, random: Random): Buffer {
  const link = Buffer.from('0101020000000a0b', 'hex');
  const nonce = Buffer.from('0e01a1a2a3a4a5a6', 'hex');
  const options = Buffer.concat(
    Array.from({ length: random.pick([0, 1, 1, 1, 2, 2, 3, 4]) }, () =>
      random.pick([
        link,
        link,
        nonce,
        Buffer.from('0102020000000a0b', 'hex'),
        Buffer.from('0100020000000a0b', 'hex'),
      ]),
    ),
  );
  return solicitation(random.chance(0.7) ? from : '::', target, {
    options,
    code: random.chance(0.05) ? 1 : 0,
    hopLimit: random.chance(0.05) ? 254 : 255,
    broken: random.chance(0.05),
  });
}
