/** A fence that outlives its daemon, as the plane's map does: a file with one line. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export function createFence(file) {
  // Renamed into place: a reader never sees half a line.
  const write = (until, term) => {
    writeFileSync(`${file}.new`, `${until} ${term}\n`);
    renameSync(`${file}.new`, file);
  };
  return {
    open: write,
    close: () => write(0, readFence(file).term),
    read: () => readFence(file),
    setStale: () => {},
  };
}

export function readFence(file) {
  const [until = 0, term = 0] = existsSync(file) ? readFileSync(file, 'utf8').split(' ').map(Number) : [];
  return { until, term };
}
