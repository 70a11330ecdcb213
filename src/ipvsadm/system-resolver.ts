/** Names as this machine knows them: /etc/services and the system's resolver. Read when first asked for. */
import { readFileSync } from 'node:fs';
import type { Address } from '../model/address.ts';
import { parseAddress } from '../model/address.ts';
import type { Resolver } from './namer.ts';
import { parseServicesFile, type ServiceNames } from './services-file.ts';

export function systemResolver(servicesFile = '/etc/services'): Resolver {
  let names: ServiceNames | undefined;
  const services = () => {
    names ??= parseServicesFile(readOrEmpty(servicesFile));
    return names;
  };
  return {
    port: (name, protocol) => services().port(name, protocol),
    service: (port, protocol) => services().service(port, protocol),
    hostAddress,
    hostName,
  };
}

/** A machine without the file knows no names; ipvsadm says nothing about it either. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function hostAddress(name: string): Promise<Address | undefined> {
  const { lookup } = await import('node:dns/promises');
  try {
    return parseAddress((await lookup(name, { family: 4 })).address);
  } catch {
    return undefined;
  }
}

async function hostName(address: Address): Promise<string | undefined> {
  const { lookupService } = await import('node:dns/promises');
  try {
    // getnameinfo(3) wants a port too; what it says of it is not used.
    return (await lookupService(address, 0)).hostname;
  } catch {
    return undefined;
  }
}
