/**
 * Lets an interface take frames to more link addresses than its own: an entry in its filter (`bridge fdb`, "self"), which
 * stays when the process that made it dies. Without it a NIC would drop what goes to a virtual router.
 */
import { HostError } from './error.ts';
import { run } from './ip.ts';

export interface FilterEntry {
  readonly interface: string;
  /** `00:00:5e:00:01:33` */
  readonly mac: string;
}

export interface FilterParts {
  /** What a daemon before this one has added and did not take away. */
  readonly inherited?: readonly FilterEntry[];
  /** All that is to be taken away in the end, should this process be killed. */
  readonly remember?: (added: readonly FilterEntry[]) => void;
}

export class UnicastFilter {
  readonly #remember: (added: readonly FilterEntry[]) => void;
  #added: readonly FilterEntry[];

  constructor({ inherited = [], remember = () => {} }: FilterParts = {}) {
    this.#added = inherited;
    this.#remember = remember;
  }

  /**
   * Adds and takes away until these are all.
   * @returns one sentence for each that the interface does not take
   */
  async set(wanted: readonly FilterEntry[]): Promise<string[]> {
    const refused: string[] = [];
    for (const entry of this.#added) if (!wanted.some((each) => same(each, entry))) await this.#drop(entry);
    for (const entry of wanted) {
      try {
        if (!(await add(entry)) || this.#added.some((each) => same(each, entry))) continue;
        this.#added = [...this.#added, entry];
        this.#remember(this.#added);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        refused.push(
          `${entry.interface} cannot be told to take frames to ${entry.mac}: ${error.message}; "ip link set ${entry.interface} promisc on" does it, too`,
        );
      }
    }
    return refused;
  }

  /** Takes away what it has added, and what it inherited. */
  async clear(): Promise<void> {
    for (const entry of this.#added) await this.#drop(entry);
  }

  async #drop(entry: FilterEntry): Promise<void> {
    this.#added = this.#added.filter((each) => each !== entry);
    this.#remember(this.#added);
    // Gone with its interface, or taken away by hand: that is what we want.
    await run('bridge', ['fdb', 'delete', ...words(entry)]).catch((error: unknown) => {
      if (!(error instanceof HostError)) throw error;
    });
  }
}

/** @returns whether it was not there before: somebody else's stays. @throws HostError */
async function add(entry: FilterEntry): Promise<boolean> {
  try {
    await run('bridge', ['fdb', 'add', ...words(entry)]);
    return true;
  } catch (error) {
    if (error instanceof HostError && /File exists/.test(error.message)) return false;
    throw error;
  }
}

const words = ({ mac, interface: name }: FilterEntry) => [mac, 'dev', name, 'self', 'permanent'];
const same = (one: FilterEntry, other: FilterEntry) =>
  one.mac === other.mac && one.interface === other.interface;
