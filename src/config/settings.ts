/** A checked file as the director's settings: defaults filled in, and the checks that need two values. */
import { type DirectorConfig, PATHS } from '../director/config.ts';
import { isMulticast } from '../model/address.ts';
import type { RuleEdit } from '../model/edit.ts';
import { DEFAULT_TIMEOUTS } from '../model/rules.ts';
import { type SyncDaemon, type SyncDirection, syncDaemon } from '../model/sync-daemon.ts';
import { announceSettings } from './announce.ts';
import { ConfigError, type ConfigProblem } from './error.ts';
import { ipvsOptions } from './ipvs.ts';
import { markEdits } from './marks.ts';
import { checkProfile, checkRouters, routerConfigs } from './routers.ts';
import type { ConfigFile } from './schema.ts';
import { serviceEdits } from './services.ts';
import type { Path, Source } from './source.ts';
import { checkTrack, trackSettings } from './track.ts';
import { refuseTwins } from './twins.ts';

/** What is known besides the file. */
export interface Surroundings {
  readonly hostname: string;
  /** Given on the command line; it replaces the file's `datapath.kind`. */
  readonly datapath?: 'xdp' | 'memory';
  /** The sync key that is there without being named. */
  readonly keyFile?: string;
}

/** @throws ConfigError `invalid` with everything that is wrong */
export function settingsOf(file: ConfigFile, source: Source, around: Surroundings): DirectorConfig {
  const problems: ConfigProblem[] = [];
  const refuse = (path: Path, message: string) => problems.push(source.problem(path, message));
  const name = file.name ?? around.hostname;
  const kind = around.datapath ?? file.datapath?.kind ?? 'xdp';
  const interfaces = file.interfaces ?? [];
  refuseTwins(interfaces, ['interfaces'], refuse);
  checkRouters(file.routers ?? [], kind === 'xdp' ? interfaces : undefined, refuse);
  checkProfile(file, refuse);
  checkTrack(file.track, file.routers?.[0]?.priority ?? 0, refuse);
  const group = file.sync?.group;
  if (group !== undefined && !isMulticast(group))
    refuse(['sync', 'group'], `is ${group}, which is no multicast group: use 224.0.0.81 or ff02::51`);
  const keyFile = keyFileOf(file.sync, around, refuse);
  const pins = file.datapath?.pins;
  if (pins !== undefined && !/^\/sys\/fs\/bpf\/[^.]+$/.test(pins)) {
    const remedy = 'write for example "pins: /sys/fs/bpf/tandem/lb1"';
    refuse(['datapath', 'pins'], `is ${pins}, but must lie below /sys/fs/bpf and have no dots: ${remedy}`);
  }
  refuseTwins(file.sync?.directions ?? [], ['sync', 'directions'], refuse);
  const rules = [
    ...timeoutEdits(file),
    ...markEdits(file.marks ?? [], kind === 'xdp' ? interfaces : undefined, source, problems),
    ...serviceEdits(file.services ?? [], kind, source, problems),
  ];
  if (problems.length > 0) throw ConfigError.invalid(problems);

  return {
    name,
    datapath: {
      kind,
      mode: file.datapath?.mode ?? 'auto',
      connections: file.datapath?.connections ?? 1 << 20,
      localPorts: file.datapath?.local_ports ?? [1024, 65535],
      // A bpf file system takes no dots in names, and a host name may have some.
      pins: pins ?? `${PATHS.pins}/${name.replaceAll(/[./]/g, '_')}`,
      ipvs: ipvsOptions(file.ipvs),
    },
    interfaces,
    routers: routerConfigs(file).map((router) => ({
      ...router,
      ...(file.announce && { announce: announceSettings(file.announce) }),
    })),
    ...(kind === 'xdp' &&
      file.routers?.length && {
        track: trackSettings(
          file.track,
          interfaces,
          file.routers.map((router) => router.interface),
        ),
      }),
    sync: syncDaemons(file.sync),
    ...(keyFile === undefined ? {} : { syncKeyFile: keyFile }),
    replicateRules: file.rules?.replicate ?? false,
    rules,
    ...(file.rules?.keep ? { keptRules: file.rules.file ?? `${PATHS.kept}/${name}/rules.json` } : {}),
    log: {
      level: file.log?.level ?? 'info',
      ...(file.log?.file === undefined ? {} : { file: file.log.file }),
    },
  };
}

/** Sync that is started by command is sealed too, where there is a key. */
function keyFileOf(
  sync: ConfigFile['sync'],
  around: Surroundings,
  refuse: (path: Path, message: string) => void,
): string | undefined {
  if (sync?.sealed === false) {
    if (sync.key_file === undefined) return undefined;
    refuse(['sync', 'sealed'], 'is false, but there is a "key_file": leave one of the two out');
  }
  const keyFile = sync?.key_file ?? around.keyFile;
  if (sync && keyFile === undefined)
    refuse(
      ['sync'],
      `has no key: (umask 077; openssl rand -hex 32 > ${PATHS.key}), the same file on both directors; or say "sealed: false"`,
    );
  return keyFile;
}

function timeoutEdits({ timeouts }: ConfigFile): readonly RuleEdit[] {
  if (!timeouts) return [];
  const { tcp, tcp_fin: tcpFin, udp } = timeouts;
  const given = { tcp, tcpFin, udp };
  return [{ op: 'set-timeouts', timeouts: { ...DEFAULT_TIMEOUTS, ...dropAbsent(given) } }];
}

function syncDaemons(sync: ConfigFile['sync']): readonly SyncDaemon[] {
  if (!sync) return [];
  const {
    interface: device,
    directions = ['master', 'backup'],
    key_file: _keyFile,
    sealed: _sealed,
    ...given
  } = sync;
  return directions.map((direction: SyncDirection) =>
    syncDaemon({ direction, interface: device, ...dropAbsent(given) }),
  );
}

function dropAbsent<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
