/** Services of one virtual address, told apart by their port. */
import { parseAddress } from '../../src/model/address.ts';
import type { RuleEdit } from '../../src/model/edit.ts';
import type { ServiceId } from '../../src/model/rules.ts';

export const serviceId = (port: number): ServiceId => ({
  kind: 'address',
  protocol: 'tcp',
  address: parseAddress('10.1.1.1'),
  port,
  subnetId: 0,
});

export const addService = (port: number): RuleEdit => ({
  op: 'add-service',
  id: serviceId(port),
  settings: { scheduler: 'rr', schedulerFlags: [], onePacket: false },
});
