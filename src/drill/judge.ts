/** What every drill promises: from measurements to checks and numbers. Pure. */
import { DIRECTOR_FRONT, DIRECTORS } from '../lab/pair.ts';
import { type ArpRecord, oneAnswerer } from './answerers.ts';
import { longestGap, outageMs, tenth } from './gaps.ts';
import type { Check, DrillResult } from './result.ts';
import type { Scenario } from './scenario.ts';
import type { TrafficResult } from './traffic-set.ts';

/** 1,000 echo connections, one ssh session and at least one HTTP client. */
const CONNECTIONS_MIN = 1002;
const NAMES = new Map<string, string>(DIRECTORS.map((name) => [DIRECTOR_FRONT[name].mac, name]));

export function judge(
  scenario: Pick<Scenario, 'answerers' | 'lossless'>,
  traffic: TrafficResult,
  arp: ArpRecord,
  faultAt: number,
): Check[] {
  const { connections, http, ssh } = traffic;
  const after = traffic.opener.opened.filter((at) => at >= faultAt);
  const wait = longestGap([faultAt, ...after]);
  const answered = oneAnswerer(
    arp,
    scenario.answerers.map((name) => DIRECTOR_FRONT[name].mac),
    NAMES,
  );
  const checks: Check[] = [
    {
      name: `at least ${CONNECTIONS_MIN} connections were established`,
      passed: connections.established >= CONNECTIONS_MIN,
      detail: `${connections.established}`,
    },
    {
      name: 'no established connection was lost',
      passed: connections.lost === 0,
      detail: [`${connections.survived} survived, ${connections.lost} lost`, ...connections.troubles].join(
        '; ',
      ),
    },
    {
      name: 'the ssh session lives, its counter without a gap',
      passed: ssh.trouble === undefined,
      detail: ssh.trouble ?? `counted to ${ssh.count}`,
    },
    {
      name: 'no HTTP request failed',
      passed: http.requests.failed === 0,
      detail: `${http.requests.sent} sent, ${http.requests.failed} failed`,
    },
    {
      name: 'new connections are served after the fault',
      passed: after.length > 0,
      detail: `${after.length} opened; the longest wait for one was ${tenth(wait.ms)} ms, from +${tenth(wait.from - faultAt)} ms on`,
    },
    {
      name: 'no packet was forwarded by both directors',
      passed: traffic.udp.repeated === 0,
      detail: `${traffic.udp.repeated} answers came twice`,
    },
    { name: 'never did two directors answer ARP for the VIP', ...answered },
  ];
  return [...checks, packets(scenario.lossless, traffic, faultAt)];
}

/** Either none may be lost, or the stream must come back. */
function packets(lossless: boolean, { udp, retransmitted }: TrafficResult, faultAt: number): Check {
  const lost = `UDP: ${udp.lost.length} of ${udp.sent} lost`;
  const silence = `silent for ${outageMs(udp.answers)} ms (measured to ${tenth(udp.ownPause)} ms)`;
  const detail = `${lost}, ${silence}; TCP: ${retransmitted} segments sent again`;
  if (lossless) {
    const passed = udp.lost.length === 0 && udp.answers.length > 0;
    return { name: 'no packet of an established connection was lost', passed, detail };
  }
  const last = udp.answers.at(-1) ?? 0;
  const passed = last > faultAt && last > (udp.lost.at(-1) ?? 0);
  return { name: 'the UDP stream flows again after the fault', passed, detail };
}

/** The numbers of a result: what traffic measured, on the clock of the fault. */
export function numbers(
  traffic: TrafficResult,
): Pick<DrillResult, 'connections' | 'requests' | 'outage_ms' | 'packets'> {
  const { established, survived, lost } = traffic.connections;
  return {
    connections: { established, survived, lost },
    requests: traffic.http.requests,
    outage_ms: outageMs(traffic.udp.answers),
    packets: { sent: traffic.udp.sent, lost: traffic.udp.lost.length },
  };
}
