/** Where compiled files stand: the tests run this file from src/, people from dist/. */
import { fileURLToPath } from 'node:url';

const built = new URL(import.meta.url.replace(/\/src\/(drill\/[^/]*)$/, '/dist/$1'));

/** The program of a traffic generator. */
export const generatorPath = (name: string): string => fileURLToPath(new URL(`./traffic/${name}.js`, built));

/** The `tandem` command that the drill puts to the test. */
export const tandemCommand = (): readonly string[] => [
  process.execPath,
  fileURLToPath(new URL('../cli/tandem.js', built)),
];
