/** A YAML text whose values know where they stand. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { ConfigError, type ConfigProblem } from './error.ts';

export type Path = readonly (string | number)[];

export class Source {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  /** @throws ConfigError `invalid` when the text is no YAML */
  constructor(text: string, file: string) {
    this.#file = file;
    // YAML 1.1's "yes" and octal numbers would surprise; merge keys would hide where a value came from.
    this.#document = parseDocument(text, { lineCounter: this.#lines, version: '1.2', prettyErrors: false });
    const problems = this.#document.errors.map((error) =>
      this.#at(error.pos[0], [], `is no YAML: ${error.message.replace(/\.?$/, '')}: correct the text here`),
    );
    if (problems.length === 0) problems.push(...this.#aliasProblems());
    if (problems.length > 0) throw ConfigError.invalid(problems);
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

function describePath(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
