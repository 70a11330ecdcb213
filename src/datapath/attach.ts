/**
 * Puts the programs on an interface, by links that are pinned: they go on without the daemon, and the next one
 * exchanges the program under them with no packet in between.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ATTACH, BpfLink, XDP_MODE } from '../native/bpf-link.ts';
import type { BpfProgram } from '../native/bpf-program.ts';
import { NativeError } from '../native/error.ts';
import { interfaceIndex } from '../native/interface.ts';
import { attachClassic, detachClassic, type Side } from './clsact.ts';
import { DatapathError } from './plane.ts';

export interface Hooks {
  readonly xdp: BpfProgram;
  readonly resolve: BpfProgram;
  readonly egress: BpfProgram;
}

export interface AttachTarget {
  readonly name: string;
  readonly ifindex: number;
}

export type XdpMode = 'auto' | 'native' | 'generic';

/** What a driver without XDP, or a kernel without tcx, answers. */
const UNSUPPORTED = new Set(['EOPNOTSUPP', 'ENOTSUPP', 'EINVAL']);

/**
 * @returns how XDP is attached there
 * @throws DatapathError `busy` when another XDP program is on the interface, `no-xdp` when none can be,
 * `no-such-device` when it is gone
 */
export function attachInterface(
  pins: string,
  target: AttachTarget,
  hooks: Hooks,
  mode: XdpMode,
): 'native' | 'generic' {
  try {
    const attached = attachXdp(pins, target, hooks.xdp, mode);
    attachTraffic(pins, target, 'ingress', hooks.resolve);
    attachTraffic(pins, target, 'egress', hooks.egress);
    return attached;
  } catch (error) {
    // The kernel says EINVAL of an XDP link to nowhere, as it does of much else.
    if (interfaceIndex(target.name) === target.ifindex) throw error;
    const text = `interface ${target.name} is gone: name one that "ip link" lists`;
    throw new DatapathError('no-such-device', text, { cause: error });
  }
}

/**
 * Takes every program off that was attached with pins in this directory, by this process or another.
 * @param kept names of pins to leave, with what they hold
 */
export function detachAll(pins: string, kept: readonly string[] = []): void {
  const names = readdirSync(pins).filter((name) => !kept.includes(name));
  detachClassic(pins, names);
  for (const name of names) if (name.startsWith('link_')) rmSync(join(pins, name), { force: true });
}

/** Takes off every interface but these: a daemon that adopts a plane may have been given fewer. */
export function detachOthers(pins: string, targets: readonly AttachTarget[]): void {
  const theirs = (name: string) => targets.some(({ ifindex }) => name.endsWith(`_${ifindex}`));
  detachAll(pins, readdirSync(pins).filter(theirs));
}

function attachXdp(
  pins: string,
  target: AttachTarget,
  program: BpfProgram,
  mode: XdpMode,
): 'native' | 'generic' {
  const wanted = mode === 'auto' ? (['native', 'generic'] as const) : [mode];
  for (const kind of wanted) if (replacePinned(linkPath(pins, `xdp-${kind}`, target), program)) return kind;
  let failure: unknown;
  for (const kind of wanted) {
    const flags = kind === 'native' ? XDP_MODE.NATIVE : XDP_MODE.GENERIC;
    try {
      createPinned(linkPath(pins, `xdp-${kind}`, target), program, target, ATTACH.XDP, flags);
      return kind;
    } catch (error) {
      failure = error;
    }
  }
  throw refusal(target, mode, failure);
}

function refusal(target: AttachTarget, mode: XdpMode, failure: unknown): DatapathError {
  const code = failure instanceof NativeError ? failure.code : '';
  const options = { cause: failure };
  if (code === 'EBUSY' || code === 'EEXIST') {
    const remedy = `take it off with: ip link set ${target.name} xdp off`;
    return new DatapathError('busy', `another XDP program is on ${target.name}: ${remedy}`, options);
  }
  if (code === 'EPERM' || code === 'EACCES') {
    return new DatapathError(
      'no-privileges',
      `no right to attach XDP to ${target.name}: run as root`,
      options,
    );
  }
  const hint =
    mode === 'native' ? 'set datapath.mode to auto' : 'it needs Linux 6.1 or newer with CONFIG_XDP';
  const text = `cannot attach XDP (${mode}) to ${target.name}: ${String(failure)}: ${hint}`;
  return new DatapathError('no-xdp', text, options);
}

function attachTraffic(pins: string, target: AttachTarget, side: Side, program: BpfProgram): void {
  const path = linkPath(pins, `tcx-${side}`, target);
  if (replacePinned(path, program)) return;
  const type = side === 'ingress' ? ATTACH.TCX_INGRESS : ATTACH.TCX_EGRESS;
  try {
    createPinned(path, program, target, type, 0);
  } catch (error) {
    if (!(error instanceof NativeError && UNSUPPORTED.has(error.code))) throw error;
    attachFallback(pins, target, side, program);
  }
}

function attachFallback(pins: string, target: AttachTarget, side: Side, program: BpfProgram): void {
  try {
    attachClassic(pins, target.ifindex, side, program);
  } catch (error) {
    const look = `look at: tc filter show dev ${target.name} ${side}`;
    const text = `cannot attach to tc's ${side} of ${target.name}: ${String(error)}: without tcx (Linux 6.6) it needs the modules sch_ingress and cls_bpf, and filters of priority 1 must be BPF programs; ${look}`;
    throw new DatapathError('no-xdp', text, { cause: error });
  }
}

function linkPath(pins: string, hook: string, target: AttachTarget): string {
  // bpffs takes no dots in names; an interface's name may have some (eth0.100).
  return join(pins, `link_${hook}_${target.name.replaceAll('.', '_')}_${target.ifindex}`);
}

/** False when there is no such link, or its interface is gone. */
function replacePinned(path: string, program: BpfProgram): boolean {
  let link: BpfLink;
  try {
    link = BpfLink.openPinned(path);
  } catch {
    return false;
  }
  try {
    link.replace(program);
    return true;
  } catch {
    rmSync(path, { force: true });
    return false;
  } finally {
    link.close();
  }
}

function createPinned(
  path: string,
  program: BpfProgram,
  target: AttachTarget,
  type: number,
  flags: number,
): void {
  const link = BpfLink.attach(program, target.ifindex, type, flags);
  try {
    link.pin(path);
  } finally {
    link.close();
  }
}
