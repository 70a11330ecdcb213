/** A machine was told something that cannot happen in its state: a mistake of ours, never of the network. */
export class SyncStateError extends Error {
  constructor(state: string, event: string) {
    super(`sync: "${event}" cannot happen in state "${state}"`);
    this.name = 'SyncStateError';
  }
}
