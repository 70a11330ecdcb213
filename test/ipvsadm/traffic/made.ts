/** What the recordings say in words about traffic, made for real: by the `pre` of a step. */
import { pause } from '../../../src/lab/wait.ts';
import { CLIENT, CLIENT6, MARKED_CLIENT, type TrafficLab, VIP, VIP6 } from './lab.ts';

type Made = (lab: TrafficLab) => Promise<void>;

const ports = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);
const web = (port: number, from = CLIENT) => ({ from, port, to: VIP, service: 80 });

/** Connections that stay open. @param times round trips of so many bytes */
async function connections(lab: TrafficLab, all: readonly number[], times = 0, bytes = 100): Promise<void> {
  for (const port of all) {
    await lab.client('connect', web(port));
    await lab.client('echo', { port, times, bytes });
  }
}

/** A connection of which five bytes come back. */
async function short(lab: TrafficLab, connection: ReturnType<typeof web>): Promise<void> {
  await lab.client('connect', connection);
  await lab.client('echo', { port: connection.port, times: 1, bytes: 5 });
}

const queries =
  (count: number, answered: boolean, from: readonly number[]): Made =>
  async (lab) => {
    for (const port of from)
      for (let at = 0; at < count; at += 1)
        await lab.client('ask', { from: CLIENT, port, to: VIP, service: 53, bytes: 40, answered });
  };

export const MADE: Readonly<Record<string, Made>> = {
  '4 TCP clients 10.0.0.1:40000..40003 -> VIP:80 connected, 3 echo round trips of 100 bytes each, kept open':
    (lab) => connections(lab, ports(40000, 4), 3),
  'client 40000 closed (FIN both ways)': (lab) => lab.client('close', { port: 40000 }),
  'client 40002 closed with RST (linger 0); client 40001 shut down its write side': async (lab) => {
    await lab.client('reset', { port: 40002 });
    await lab.client('shutdown', { port: 40001 });
  },
  'deleted real server still has an established connection (40003)': async () => {},
  '2 UDP clients, one query and one answer each': queries(1, true, ports(41000, 2)),
  '2 TCP connections from 10.0.0.1': async (lab) => {
    await connections(lab, ports(40200, 2));
    // A template is assured by the next sweep.
    await pause(3000);
  },
  'one TCP connection [fd00::1]:40300 -> [fd00::100]:80; 2.2 s later': async (lab) => {
    await short(lab, { from: CLIENT6, port: 40300, to: VIP6, service: 80 });
    await pause(2200);
  },
  'TCP 10.0.0.11:40400 -> VIP:80 with skb mark 7 (local client)': async (lab) => {
    // What a firewall does on its way into IPVS, a table of marks does here.
    lab.tandem(['mark', 'add', '7', '--destination', `${VIP}/32`]);
    await short(lab, web(40400, MARKED_CLIENT));
  },
  'TCP connection established through DR; 2.2 s later': async (lab) => {
    await lab.routeDirect();
    await short(lab, web(40500));
    await pause(2200);
  },
  'client closed': async (lab) => {
    await lab.client('close', { port: 40500 });
  },
  '4 queries from one UDP socket (replies are not un-NATed: no entry is kept)': queries(4, false, [41100]),
  'about 140 MB uploaded on one connection': async (lab) => {
    await lab.client('connect', web(40600));
    await lab.client('upload', { port: 40600, bytes: 140_000_000 });
  },
  'one SCTP association': (lab) => lab.associate(),
  'association shut down': (lab) => lab.endAssociation(),
  '3 connections with 5 round trips each; 3.5 s later': async (lab) => {
    await connections(lab, ports(40800, 3), 5);
    await pause(3500);
  },
};
