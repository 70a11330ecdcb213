import type { Path } from './source.ts';

export type Refuse = (path: Path, message: string) => void;

/** What is named twice in a list was meant to be something else once. */
export function refuseTwins(values: readonly string[], path: Path, refuse: Refuse): void {
  values.forEach((value, index) => {
    if (values.indexOf(value) < index) refuse([...path, index], `names ${value} again: name it once`);
  });
}
