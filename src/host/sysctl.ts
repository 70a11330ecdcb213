/** Kernel settings that a director needs on its interfaces, and puts back when it stops. */
import { readFile, writeFile } from 'node:fs/promises';
import { HostError } from './error.ts';

const NEEDED: Readonly<Record<string, string>> = {
  // bpf_fib_lookup refuses (code 5, BPF_FIB_LKUP_RET_FWD_DISABLED) when the ingress interface does not forward.
  forwarding: '1',
  // Answer ARP only for addresses of the interface that was asked.
  arp_ignore: '1',
  // Never ask with a floating address as the sender: the neighbours would learn our MAC for it.
  arp_announce: '2',
};

export class InterfaceSettings {
  readonly #former: { readonly path: string; readonly value: string }[] = [];
  readonly #root: string;

  constructor(root = '/proc/sys/net/ipv4/conf') {
    this.#root = root;
  }

  /** @throws HostError `no-such-interface`, `sysctl-failed`; what was set before stays and is restored as usual */
  async apply(name: string): Promise<void> {
    for (const [key, value] of Object.entries(NEEDED)) {
      const path = `${this.#root}/${name}/${key}`;
      const former = (await attempt(name, path, () => readFile(path, 'utf8'))).trim();
      if (former === value) continue;
      await attempt(name, path, () => writeFile(path, value));
      this.#former.push({ path, value: former });
    }
  }

  /**
   * Puts back what {@link apply} changed, the last first. An interface that is gone has nothing to restore.
   * @throws HostError `sysctl-failed` for the first that cannot be put back; the others are
   */
  async restore(): Promise<void> {
    let failure: HostError | undefined;
    for (let entry = this.#former.pop(); entry; entry = this.#former.pop()) {
      await writeFile(entry.path, entry.value).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return;
        failure ??= new HostError('sysctl-failed', error.message, { cause: error });
      });
    }
    if (failure) throw failure;
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
