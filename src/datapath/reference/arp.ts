/** Answers to "who has a floating address?" of IPv4: RFC 826. */
import type { Link } from './network.ts';
import { ETHERNET, ETHERTYPE } from './packet.ts';
import { drop, PASS, sendBack, type Verdict } from './verdict.ts';

const ETHERNET_HARDWARE = 1;
const REQUEST = 1;
const REPLY = 2;
/** Of Ethernet and IPv4. */
const LENGTH = 28;

export interface Answerer {
  readonly isOwner: boolean;
  /** Interface on which the address is answered for. */
  readonly ifindex: number;
  /** What answers tell, in place of the interface's own. */
  readonly mac?: Uint8Array;
}

export interface Asked {
  readonly frame: Buffer;
  readonly ingress: number;
  readonly link: Link | undefined;
}

/** @param find who answers for a floating address */
export function answerArp(
  { frame, ingress, link }: Asked,
  find: (address: number) => Answerer | undefined,
  count: (event: string) => void,
): Verdict {
  if (frame.length < ETHERNET + LENGTH) return PASS;
  const arp = frame.subarray(ETHERNET, ETHERNET + LENGTH);
  const isEthernet = arp.readUInt16BE(0) === ETHERNET_HARDWARE && arp.readUInt16BE(2) === ETHERTYPE.IPV4;
  if (!isEthernet || arp[4] !== 6 || arp[5] !== 4 || arp.readUInt16BE(6) !== REQUEST) return PASS;
  const address = find(arp.readUInt32BE(24));
  if (!address) return PASS;
  if (!address.isOwner || address.ifindex !== ingress || !link) return drop('arp_fenced');
  const mac = address.mac ?? link.mac;
  const answer = Buffer.from(frame);
  answer.set(frame.subarray(6, 12), 0);
  answer.set(mac, 6);
  answer.writeUInt16BE(REPLY, ETHERNET + 6);
  answer.set(mac, ETHERNET + 8);
  answer.set(arp.subarray(24, 28), ETHERNET + 14);
  answer.set(arp.subarray(8, 18), ETHERNET + 18);
  count('arp_answered');
  return sendBack(ingress, link, answer);
}
