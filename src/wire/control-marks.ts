/** Rules that set marks as messages of the control protocol, and back. */
import { addressToBytes } from '../model/address.ts';
import { checkMark, type Mark, makePrefix, type Prefix } from '../model/mark.ts';
import { addressFrom, portFrom, present, required } from './control-values.ts';
import type { tandem } from './generated/control.js';

const prefixTo = ({ address, length }: Prefix) => ({ address: addressToBytes(address), length });

function prefixFrom(message: tandem.control.IPrefix): Prefix {
  return makePrefix(addressFrom(message.address), message.length ?? 0);
}

export function markTo(mark: Mark): tandem.control.IMark {
  const { fwmark, family, source, destination, protocol, ports } = mark;
  return {
    fwmark,
    family,
    ...present('source', source && prefixTo(source)),
    ...present('destination', destination && prefixTo(destination)),
    ...present('protocol', protocol),
    ...(ports && { firstPort: ports[0], lastPort: ports[1] }),
    ...present('interface', mark.interface),
  };
}

/** @throws ModelError for what is no such rule */
export function markFrom(message: tandem.control.IMark | null | undefined): Mark {
  const { fwmark, family, source, destination, protocol, firstPort, lastPort, ...rest } = required(
    message,
    'mark',
  );
  const mark: Mark = {
    fwmark: fwmark ?? 0,
    family: family === 6 ? 6 : 4,
    ...present('source', source && prefixFrom(source)),
    ...present('destination', destination && prefixFrom(destination)),
    ...present('protocol', protocol),
    ...(firstPort ? { ports: [portFrom(firstPort), portFrom(lastPort)] as const } : {}),
    ...present('interface', rest.interface),
  };
  checkMark(mark);
  return mark;
}
