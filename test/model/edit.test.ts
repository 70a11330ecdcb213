import { expect, test } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import { applyEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES } from '../../src/model/rules.ts';
import { addService as added, serviceId as id } from '../support/rules.ts';

const local = { address: parseAddress('192.168.10.1') };

test('an edit of one service leaves the others the same objects, and all in their order', () => {
  const rules = [added(80), added(81), added(82)].reduce(applyEdit, EMPTY_RULES);
  const edited = applyEdit(rules, { op: 'add-local', id: id(81), local });
  expect(edited.services.map((service) => rules.services.indexOf(service))).toEqual([0, -1, 2]);
  expect(edited.services[1]).toEqual({ ...rules.services[1], locals: [local] });
  const fewer = applyEdit(edited, { op: 'delete-service', id: id(81) });
  expect(fewer.services).toEqual([rules.services[0], rules.services[2]]);
});
