/**
 * Solicited-node groups (RFC 4291 section 2.7.1) of addresses that are on no interface of ours, or not always: a NIC's
 * filter, and a switch that snoops MLD, let a question for an address pass only to members of its group.
 */
import { createSocket, type Socket } from 'node:dgram';
import { type Address, addressFromBytes, addressToBytes, parseAddress } from '../model/address.ts';

export interface Membership {
  readonly group: Address;
  readonly interface: string;
}

/** Each costs about 50 bytes of a socket's option memory (net.core.optmem_max, 20480 on older kernels). */
const GROUPS_A_SOCKET = 256;
const BASE = addressToBytes(parseAddress('ff02::1:ff00:0'));

/** The group that is asked for this IPv6 address: it has the last three bytes. */
export function solicitedGroup(address: Address): Address {
  return addressFromBytes(
    Uint8Array.from([...BASE.subarray(0, 13), ...addressToBytes(address).subarray(13)]),
  );
}

interface Joined {
  readonly membership: Membership;
  readonly socket: Socket;
}

export class SolicitedGroups {
  readonly #joined = new Map<string, Joined>();
  readonly #members = new Map<Socket, number>();
  #refused: readonly string[] = [];

  /**
   * Joins and leaves until these are all.
   * @returns one sentence for each group that could not be joined and was not refused the last time
   */
  set(memberships: readonly Membership[]): string[] {
    const wanted = new Map(memberships.map((each) => [nameOf(each), each]));
    for (const [name, joined] of this.#joined) if (!wanted.has(name)) this.#leave(name, joined);
    const refused: string[] = [];
    for (const [name, membership] of wanted) {
      if (this.#joined.has(name)) continue;
      try {
        this.#join(name, membership);
      } catch (error) {
        const { group, interface: device } = membership;
        refused.push(
          `cannot join ${group} on ${device}, so that questions for an IPv6 address may not arrive: ${(error as Error).message}`,
        );
      }
    }
    const news = refused.filter((text) => !this.#refused.includes(text));
    this.#refused = refused;
    return news;
  }

  close(): void {
    for (const socket of this.#members.keys()) socket.close();
    this.#members.clear();
    this.#joined.clear();
  }

  #join(name: string, membership: Membership): void {
    const socket = this.#roomy();
    socket.addMembership(membership.group, `::%${membership.interface}`);
    this.#joined.set(name, { membership, socket });
    this.#members.set(socket, (this.#members.get(socket) ?? 0) + 1);
  }

  #leave(name: string, { membership, socket }: Joined): void {
    this.#joined.delete(name);
    this.#members.set(socket, (this.#members.get(socket) ?? 1) - 1);
    try {
      socket.dropMembership(membership.group, `::%${membership.interface}`);
    } catch {
      // The interface has gone, and the membership with it.
    }
  }

  #roomy(): Socket {
    for (const [socket, count] of this.#members) if (count < GROUPS_A_SOCKET) return socket;
    const socket = createSocket('udp6');
    socket.on('error', () => {});
    socket.unref();
    this.#members.set(socket, 0);
    return socket;
  }
}

const nameOf = ({ group, interface: device }: Membership): string => `${group}%${device}`;
