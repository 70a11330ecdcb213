/** What the command needs of the world; handed in. */
import type { Resolver } from './namer.ts';

export interface Io {
  /** Resolves when more may be written. */
  out(text: string): Promise<void>;
  err(text: string): void;
  /** Standard input, read when -R asks for it; lines that came together. */
  lines(): AsyncIterable<readonly string[]>;
  readonly resolver: Resolver;
}
