/** Directors on a network in memory, turned every simulated millisecond. */
import { randomBytes } from 'node:crypto';
import { BOARD_ROLE, Board } from '../../../src/director/board.ts';
import type { SyncEvent } from '../../../src/director/sync/messages.ts';
import { senderId } from '../../../src/director/sync/sender-id.ts';
import { SyncSession, type SyncSessionOptions } from '../../../src/director/sync/session.ts';
import { type SyncDaemon, type SyncDirection, syncDaemon } from '../../../src/model/sync-daemon.ts';
import type { Held } from '../../../src/sync/peer.ts';
import type { Position } from '../../../src/wire/sync-message.ts';
import { MemoryPort } from './memory-port.ts';
import { Network } from './network.ts';

export interface Node {
  readonly name: string;
  readonly session: SyncSession;
  readonly port: MemoryPort;
  readonly board: Board;
  readonly events: SyncEvent[];
  /** What the session asked to be written down. */
  readonly progress: { sent?: Position | undefined; held?: Held | undefined };
}

export const BOTH = ['master', 'backup'] as const;
export const ADVERT = 100_000;

export class Rig {
  readonly network = new Network();
  readonly nodes = new Map<string, Node>();
  #wall = 1_790_000_000_000;

  node(name: string, options: Partial<SyncSessionOptions> & { port?: MemoryPort } = {}): Node {
    const { clock } = this.network;
    const port = options.port ?? new MemoryPort(clock);
    const board = new Board();
    board.set('role', BOARD_ROLE.BACKUP);
    const events: SyncEvent[] = [];
    const progress: Node['progress'] = {};
    const session = new SyncSession({
      ...{ name, priority: 100, sender: senderId(name), epoch: ++this.#wall, advertInterval: ADVERT },
      ...{ gated: false, board, clock, random: randomBytes },
      sockets: this.network.sockets(name),
      report: (event) => events.push(event),
      onSent: (sent) => {
        progress.sent = sent;
      },
      onHeld: (held) => {
        progress.held = held;
      },
      ...options,
      port,
    });
    const node = { name, session, port, board, events, progress };
    this.nodes.set(name, node);
    return node;
  }

  async start(
    node: Node,
    directions: readonly SyncDirection[] = BOTH,
    options: Partial<SyncDaemon> = {},
  ): Promise<Node> {
    for (const direction of directions)
      await node.session.start(syncDaemon({ interface: 'eth0', ...options, direction }));
    return node;
  }

  /** Two directors, both directions on, that know each other. */
  async pair(options: Omit<Partial<SyncSessionOptions>, 'port'> = {}): Promise<[Node, Node]> {
    const one = await this.start(this.node('lb1', options));
    const two = await this.start(this.node('lb2', options));
    this.run(2 * ADVERT);
    return [one, two];
  }

  /** kill -9: no turn, no socket, no goodbye. */
  kill(node: Node): void {
    this.nodes.delete(node.name);
    void node.session.close();
  }

  run(micros: number): void {
    for (let passed = 0; passed < micros; passed += 1000) {
      for (const { session } of this.nodes.values()) session.turn();
      this.network.advance(1000);
    }
  }
}
