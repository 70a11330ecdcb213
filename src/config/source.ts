/** A YAML text whose values know where they stand. */
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { ConfigError, type ConfigProblem } from './error.ts';

export type Path = readonly (string | number)[];

export class Source {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  /** @throws ConfigError `invalid` when the text is no YAML */
  constructor(text: string, file: string) {
    this.#file = file;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      // YAML 1.1's "yes" and octal numbers would surprise; merge keys would hide where a value came from.
      version: '1.2',
      prettyErrors: false,
      // What the parser would have Node print: it is an error here, with its place.
      logLevel: 'error',
    });
    const problems = this.#textProblems();
    if (problems.length === 0) problems.push(...this.#aliasProblems());
    if (problems.length > 0) throw ConfigError.invalid(problems);
  }

  /** A tag or a directive that the parser does not know is a warning to it: it would be ignored. */
  #textProblems(): ConfigProblem[] {
    const { errors, warnings } = this.#document;
    const tooDeep = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
    // What else is wrong then follows from where the parser gave up.
    if (tooDeep) return [this.#at(tooDeep.pos[0], [], 'nests too deep to be read: write it flatter')];
    // One fault a place: each level that is not closed is another one at the end of the text.
    const places = new Map<number, YAMLError>();
    for (const error of [...errors, ...warnings])
      if (!places.has(error.pos[0])) places.set(error.pos[0], error);
    return [...places].map(([at, error]) => this.#at(at, [], textFault(error)));
  }

  /** Plain values; an empty text is an empty mapping. @throws ConfigError `invalid` when it never ends */
  value(): unknown {
    try {
      return this.#document.toJS() ?? {};
    } catch (error) {
      // What is left after #aliasProblems: aliases of aliases that multiply without bound.
      const message = `repeats itself too often (${(error as Error).message}): write the values out`;
      throw ConfigError.invalid([this.problem([], message)]);
    }
  }

  #aliasProblems(): ConfigProblem[] {
    const problems: ConfigProblem[] = [];
    visit(this.#document, {
      Alias: (_key, alias, ancestors) => {
        const target = alias.resolve(this.#document);
        const refuse = (why: string) =>
          problems.push(this.#at(alias.range?.[0] ?? 0, [], `"*${alias.source}" ${why}`));
        if (!target) refuse(`refers to nothing: write the value, or "&${alias.source}" before one above`);
        else if (ancestors.includes(target))
          refuse('stands inside of what it refers to: write the value out');
      },
    });
    return problems;
  }

  /** A problem of the value at a path, or of what would contain it when it is not there. */
  problem(path: Path, message: string): ConfigProblem {
    for (let depth = path.length; depth > 0; depth--) {
      const node: unknown = this.#document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return this.#at(node.range[0], path, message);
    }
    const top = this.#document.contents;
    return this.#at(top?.range?.[0] ?? 0, path, message);
  }

  /** A problem of a key itself, which stands before its value. */
  keyProblem(path: Path, key: string, message: string): ConfigProblem {
    const map: unknown = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find(({ key: node }) => isScalar(node) && String(node.value) === key)
      : undefined;
    const at = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    if (at === undefined) return this.problem([...path, key], message);
    return this.#at(at, [...path, key], message);
  }

  #at(offset: number, path: Path, message: string): ConfigProblem {
    const { line, col } = this.#lines.linePos(offset);
    return {
      file: this.#file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      key: describePath(path),
      message,
    };
  }
}

function textFault({ code, message }: YAMLError): string {
  const what = message.replace(/\.?$/, '');
  return code === 'TAG_RESOLVE_FAILED'
    ? `has a tag that means nothing here (${what}): leave it out`
    : `is no YAML: ${what}: correct the text here`;
}

function describePath(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
