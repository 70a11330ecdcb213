/** Services of the file as edits of the rule set: ipvsadm lines, or keys that say the same. */
import { checkCarried } from '../datapath/carried.ts';
import type { Plane } from '../datapath/plane.ts';
import { parseRuleLine } from '../ipvsadm/rule-line.ts';
import { type RuleEdit, RuleEditor } from '../model/edit.ts';
import { ModelError } from '../model/error.ts';
import { EMPTY_RULES, type RealServer, type ServiceId } from '../model/rules.ts';
import type { ConfigProblem } from './error.ts';
import type { ServiceEntry } from './schema.ts';
import type { Path, Source } from './source.ts';

/** An edit, and the place in the file that asks for it. */
interface Placed {
  readonly path: Path;
  readonly edit: RuleEdit;
}

/** The edits in order; what is wrong with an entry is added to `problems`. */
export function serviceEdits(
  entries: readonly ServiceEntry[],
  plane: Plane['kind'],
  source: Source,
  problems: ConfigProblem[],
): readonly RuleEdit[] {
  const edits: RuleEdit[] = [];
  const rules = new RuleEditor(EMPTY_RULES);
  entries.forEach((entry, index) => {
    let path: Path = ['services', index];
    try {
      for (const placed of placedEdits(entry, path)) {
        path = placed.path;
        checkCarried(placed.edit, plane);
        rules.apply(placed.edit);
        edits.push(placed.edit);
      }
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      problems.push(source.problem(path, `is refused: ${error.message}`));
    }
  });
  return edits;
}

const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;

function placedEdits(entry: ServiceEntry, path: Path): readonly Placed[] {
  if (typeof entry === 'string') return parseRuleLine(entry).map((edit) => ({ path, edit }));
  const { scheduler = 'wlc', local_addresses: locals = [], servers = [] } = entry;
  const protocol = PROTOCOLS.find((name) => entry[name] !== undefined);
  const endpoint = protocol && entry[protocol];
  if (!protocol || !endpoint) throw new ModelError('bad-value', 'a service needs "tcp", "udp" or "sctp"');
  const id: ServiceId = { kind: 'address', protocol, ...endpoint, subnetId: 0 };
  const settings = { scheduler, schedulerFlags: [], onePacket: false };
  return [
    { path, edit: { op: 'add-service', id, settings } },
    ...locals.map(
      (address, index): Placed => ({
        path: [...path, 'local_addresses', index],
        edit: { op: 'add-local', id, local: { address } },
      }),
    ),
    ...servers.map(
      (server, index): Placed => ({
        path: [...path, 'servers', index],
        edit: { op: 'add-server', id, server: realServer(server) },
      }),
    ),
  ];
}

type ServerEntry = NonNullable<Exclude<ServiceEntry, string>['servers']>[number];

function realServer({ address, method = 'fullnat', weight = 1 }: ServerEntry): RealServer {
  return { ...address, forwarding: method, weight, upperThreshold: 0, lowerThreshold: 0 };
}
