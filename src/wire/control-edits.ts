/** Edits of the rule set as messages of the control protocol, and back. */
import { addressToBytes } from '../model/address.ts';
import type { RuleEdit } from '../model/edit.ts';
import { ModelError } from '../model/error.ts';
import { markFrom, markTo } from './control-marks.ts';
import {
  localFrom,
  localTo,
  serverFrom,
  serverTo,
  serviceIdFrom,
  serviceIdTo,
  settingsFrom,
  settingsTo,
  timeoutsFrom,
} from './control-rules.ts';
import { addressFrom, endpointFrom, endpointTo, required } from './control-values.ts';
import type { tandem } from './generated/control.js';

export function editTo(edit: RuleEdit): tandem.control.IEdit {
  switch (edit.op) {
    case 'add-service':
      return { addService: { id: serviceIdTo(edit.id), settings: settingsTo(edit.settings) } };
    case 'edit-service':
      return { editService: { id: serviceIdTo(edit.id), settings: settingsTo(edit.settings) } };
    case 'delete-service':
      return { deleteService: serviceIdTo(edit.id) };
    case 'clear':
      return { clear: {} };
    case 'add-server':
      return { addServer: { id: serviceIdTo(edit.id), server: serverTo(edit.server) } };
    case 'edit-server':
      return { editServer: { id: serviceIdTo(edit.id), server: serverTo(edit.server) } };
    case 'delete-server':
      return { deleteServer: { id: serviceIdTo(edit.id), server: endpointTo(edit.server) } };
    case 'add-local':
      return { addLocal: { id: serviceIdTo(edit.id), local: localTo(edit.local) } };
    case 'delete-local':
      return { deleteLocal: { id: serviceIdTo(edit.id), address: addressToBytes(edit.address) } };
    case 'set-timeouts':
      return { setTimeouts: edit.timeouts };
    case 'set-vlanflag':
      return { setVlanFlag: edit.on };
    case 'add-mark':
      return { addMark: markTo(edit.mark) };
    case 'delete-mark':
      return { deleteMark: markTo(edit.mark) };
  }
}

/** @throws ModelError when the message is no edit that this version knows */
export function editFrom(message: tandem.control.IEdit): RuleEdit {
  const { addService, editService, deleteService, clear, addServer, editServer } = message;
  const { deleteServer, addLocal, deleteLocal, setTimeouts, setVlanFlag, addMark, deleteMark } = message;
  if (addService) return { op: 'add-service', ...serviceAndSettings(addService) };
  if (editService) return { op: 'edit-service', ...serviceAndSettings(editService) };
  if (deleteService) return { op: 'delete-service', id: serviceIdFrom(deleteService) };
  if (clear) return { op: 'clear' };
  if (addServer) return { op: 'add-server', ...serviceAndServer(addServer) };
  if (editServer) return { op: 'edit-server', ...serviceAndServer(editServer) };
  if (deleteServer) {
    const server = endpointFrom(deleteServer.server);
    return { op: 'delete-server', id: serviceIdFrom(deleteServer.id), server };
  }
  if (addLocal) return { op: 'add-local', id: serviceIdFrom(addLocal.id), local: localFrom(addLocal.local) };
  if (deleteLocal) {
    const address = addressFrom(required(deleteLocal.address, 'address'));
    return { op: 'delete-local', id: serviceIdFrom(deleteLocal.id), address };
  }
  if (setTimeouts) return { op: 'set-timeouts', timeouts: timeoutsFrom(setTimeouts) };
  if (typeof setVlanFlag === 'boolean') return { op: 'set-vlanflag', on: setVlanFlag };
  if (addMark) return { op: 'add-mark', mark: markFrom(addMark) };
  if (deleteMark) return { op: 'delete-mark', mark: markFrom(deleteMark) };
  throw new ModelError('bad-value', 'an edit of a kind that this version does not know');
}

const serviceAndSettings = (message: tandem.control.ISettingsEdit) => ({
  id: serviceIdFrom(message.id),
  settings: settingsFrom(message.settings),
});

const serviceAndServer = (message: tandem.control.IServerEdit) => ({
  id: serviceIdFrom(message.id),
  server: serverFrom(message.server),
});
