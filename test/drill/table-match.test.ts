import { expect, test } from 'vitest';
import { match } from '../../src/drill/table-match.ts';
import { parseAddress } from '../../src/model/address.ts';
import { type Connection, TCP_STATE } from '../../src/model/connection.ts';

const at = (address: string, port: number) => ({ address: parseAddress(address), port });

/** A connection of this client port. */
const connection = (port: number, state: number = TCP_STATE.ESTABLISHED): Connection => ({
  protocol: 'tcp',
  client: at('10.1.1.10', port),
  virtual: at('10.1.1.1', 80),
  local: at('192.168.10.1', 1024 + port),
  server: at('192.168.10.2', 22),
  forwarding: 'fullnat',
  state,
  expires: 900,
});
const [one, two, three] = [connection(1), connection(2), connection(3)];

test('equal tables match, also when the times until they expire differ', () => {
  expect(match([one, two], [{ ...one, expires: 1 }, two], [one, two])).toEqual({ lacking: [], strange: [] });
});

test('what comes and goes between the listings is no difference', () => {
  expect(match([one, two], [one, three], [one, three])).toEqual({ lacking: [], strange: [] });
  const closed = connection(1, TCP_STATE.TIME_WAIT);
  expect(match([one], [one], [closed])).toEqual({ lacking: [], strange: [] });
  expect(match([one], [closed], [closed])).toEqual({ lacking: [], strange: [] });
});

test('a connection that is missing, one too many, and one in another state are told', () => {
  const closed = connection(2, TCP_STATE.TIME_WAIT);
  const found = match([one, two], [closed, three], [one, two]);
  expect(found.lacking).toEqual([
    'tcp 10.1.1.10:1 10.1.1.1:80 192.168.10.1:1025 192.168.10.2:22 ESTABLISHED',
    'tcp 10.1.1.10:2 10.1.1.1:80 192.168.10.1:1026 192.168.10.2:22 ESTABLISHED',
  ]);
  expect(found.strange).toEqual([
    'tcp 10.1.1.10:3 10.1.1.1:80 192.168.10.1:1027 192.168.10.2:22 ESTABLISHED',
  ]);
});

test('what is half-open on either side is no difference', () => {
  const half = connection(1, TCP_STATE.SYN_RECV);
  expect(match([half, two], [two], [half, two])).toEqual({ lacking: [], strange: [] });
  expect(match([two], [half, two], [two])).toEqual({ lacking: [], strange: [] });
  expect(match([half], [one], [one])).toEqual({ lacking: [], strange: [] });
});
