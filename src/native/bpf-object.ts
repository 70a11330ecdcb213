/** Compiled objects: their maps and programs, loaded. */
import koffi from 'koffi';
import { BpfMap } from './bpf-map.ts';
import { BpfProgram } from './bpf-program.ts';
import { NativeError } from './error.ts';
import { libbpf, orThrow, type Pointer } from './libbpf.ts';

export class BpfObject {
  #object: Pointer;
  readonly #path: string;

  private constructor(object: Pointer, path: string) {
    this.#object = object;
    this.#path = path;
  }

  /** @param pinRoot directory of a bpffs: maps that ask for it are pinned there, or taken from there. Without
   * it nothing is pinned. */
  static open(path: string, pinRoot?: string): BpfObject {
    const opts = { sz: 32, object_name: null, relaxed_maps: false, pin_root_path: pinRoot ?? null };
    const pointer: Pointer = libbpf.open(path, opts);
    if (!pointer) throw new NativeError(`open ${path}`, koffi.errno() || 2);
    const object = new BpfObject(pointer, path);
    if (pinRoot === undefined) object.#forgetPins();
    return object;
  }

  setMaxEntries(map: string, count: number): void {
    orThrow(`resize map ${map}`, libbpf.mapSetMaxEntries(this.#findMap(map), count));
  }

  /** @throws NativeError EPERM without privileges, EINVAL when the verifier refuses or a pinned map differs */
  load(): void {
    orThrow(`load ${this.#path}`, libbpf.load(this.#object));
  }

  map(name: string): BpfMap {
    const map = this.#findMap(name);
    return new BpfMap(
      libbpf.mapFd(map),
      libbpf.mapKeySize(map),
      libbpf.mapValueSize(map),
      libbpf.mapMaxEntries(map),
    );
  }

  program(name: string): BpfProgram {
    const program: Pointer = libbpf.findProgram(this.#object, name);
    if (!program) throw new NativeError(`find program ${name}`, 2);
    return new BpfProgram(orThrow(`program ${name}`, libbpf.programFd(program)));
  }

  /** Closes every descriptor of the object; what is pinned or attached stays. */
  close(): void {
    if (this.#object) libbpf.close(this.#object);
    this.#object = null;
  }

  #findMap(name: string): Pointer {
    const map: Pointer = libbpf.findMap(this.#object, name);
    if (!map) throw new NativeError(`find map ${name}`, 2);
    return map;
  }

  #forgetPins(): void {
    for (
      let map: Pointer = libbpf.nextMap(this.#object, null);
      map;
      map = libbpf.nextMap(this.#object, map)
    ) {
      orThrow('forget pin', libbpf.mapSetPinPath(map, null));
    }
  }
}
