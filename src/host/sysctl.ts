/** Kernel settings that a director needs on its interfaces, and puts back when it stops. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { HostError } from './error.ts';

type Settings = Readonly<Record<string, string>>;

/** For an interface on whose segment floating addresses may be asked for, whether or not it carries the plane. */
export const QUIET_ARP: Settings = {
  // Answer ARP only for addresses of the interface that was asked.
  arp_ignore: '1',
  // Never ask with a floating address as the sender: the neighbours would learn our MAC for it.
  arp_announce: '2',
};

/** For an interface that carries the plane. */
export const FORWARDING: Settings = {
  // bpf_fib_lookup refuses (code 5, BPF_FIB_LKUP_RET_FWD_DISABLED) when the ingress interface does not forward.
  forwarding: '1',
  ...QUIET_ARP,
};

/** What a setting was before a director changed it. */
export interface FormerSetting {
  readonly path: string;
  readonly value: string;
}

export interface SettingsParts {
  /** What a daemon before this one had changed and could not put back, because it was killed. */
  readonly inherited?: readonly FormerSetting[];
  /** All that is to be put back in the end, should this process be killed. */
  readonly remember?: (former: readonly FormerSetting[]) => void;
  readonly root?: string;
  readonly ipv6Root?: string;
}

export class InterfaceSettings {
  readonly #root: string;
  readonly #ipv6Root: string;
  readonly #remember: (former: readonly FormerSetting[]) => void;
  #inherited: FormerSetting[];
  readonly #own: FormerSetting[] = [];

  constructor({
    root = '/proc/sys/net/ipv4/conf',
    ipv6Root = '/proc/sys/net/ipv6/conf',
    inherited = [],
    remember = () => {},
  }: SettingsParts = {}) {
    this.#root = root;
    this.#ipv6Root = ipv6Root;
    this.#inherited = [...inherited];
    this.#remember = remember;
  }

  /** @throws HostError `no-such-interface`, `sysctl-failed`; what was set before stays and is restored as usual */
  async apply(name: string, settings: Settings): Promise<void> {
    for (const [key, value] of Object.entries(settings))
      await this.#set(name, `${this.#root}/${name}/${key}`, value);
  }

  /**
   * Lets the plane forward IPv6 from there; nothing where the interface has no IPv6. The kernel itself forwards only
   * with `all/forwarding`, which stays as it is.
   * @throws HostError as {@link apply}
   */
  async forwardIpv6(name: string): Promise<void> {
    const folder = `${this.#ipv6Root}/${name}`;
    if (!existsSync(folder)) return;
    const forwards = await this.#read(name, `${folder}/forwarding`);
    // With the usual 1 an interface that forwards hears no routers, and loses what they have told it.
    if (forwards === '0' && (await this.#read(name, `${folder}/accept_ra`)) === '1') {
      await this.#set(name, `${folder}/accept_ra`, '2');
    }
    await this.#set(name, `${folder}/forwarding`, '1');
  }

  async #read(name: string, path: string): Promise<string> {
    return (await attempt(name, path, () => readFile(path, 'utf8'))).trim();
  }

  async #set(name: string, path: string, value: string): Promise<void> {
    const former = await this.#read(name, path);
    if (former === value) return;
    await attempt(name, path, () => writeFile(path, value));
    this.#own.push({ path, value: former });
    // Somebody else has set it since, or the interface is another one.
    this.#inherited = this.#inherited.filter((entry) => entry.path !== path);
    this.#tell();
  }

  /**
   * Puts back what {@link apply} changed, the last first. An interface that is gone has nothing to restore.
   * @param inherited whether also what a daemon before this one had changed
   * @throws HostError `sysctl-failed` for the first that cannot be put back; the others are
   */
  async restore(inherited: boolean): Promise<void> {
    let failure: HostError | undefined;
    for (const list of inherited ? [this.#own, this.#inherited] : [this.#own]) {
      for (let entry = list.pop(); entry; entry = list.pop()) {
        await writeFile(entry.path, entry.value).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return;
          failure ??= new HostError('sysctl-failed', error.message, { cause: error });
        });
      }
    }
    this.#tell();
    if (failure) throw failure;
  }

  #tell(): void {
    this.#remember([...this.#inherited, ...this.#own]);
  }
}

async function attempt<Result>(name: string, path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new HostError('no-such-interface', `interface ${name} does not exist`, { cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HostError('sysctl-failed', `cannot set ${path}: ${reason}; run as root, outside a container`, {
      cause,
    });
  }
}
