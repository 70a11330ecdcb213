/** The kinds of values that a configuration has. Each names in its errors what is expected, by example. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { type Address, type Endpoint, parseAddress } from '../model/address.ts';

type Raw = { readonly input?: unknown };

/** An error text for one field: what it expects, and an example to copy. */
export function expects(what: string, example: string): { error: (issue: Raw) => string } {
  return {
    error: ({ input }) =>
      input === undefined || input === null
        ? `is missing: write for example "${example}"`
        : `is ${show(input)}, but must be ${what}: write for example "${example}"`,
  };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * A mapping that knows its keys. The text of its "unrecognized_keys" issue is the list of these, for a hint
 * that names the one which was meant (problems.ts).
 */
export function keys<S extends z.core.$ZodLooseShape>(shape: S, example: string) {
  const { error } = expects('a mapping of keys to values', example);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : error({ input: issue.input }),
  });
}

export function integer(min: number, max: number, example: string) {
  const text = expects(`a whole number from ${min} to ${max}`, example);
  return z.number(text).int(text).min(min, text).max(max, text);
}

export function flag(example: string) {
  return z.boolean(expects('true or false', example));
}

export function choice<const T extends readonly string[]>(values: T, example: string) {
  return z.enum(values, expects(`one of ${values.join(', ')}`, example));
}

/** What fits into the 8 bytes of RFC 2338 section 5.3.10. */
export const vrrpPassword = (example: string) => {
  const text = expects('1-8 ASCII characters', example);
  return z.string(text).regex(/^[\x21-\x7e]{1,8}$/, text);
};

export function list<T extends z.ZodType>(item: T, what: string, example: string) {
  return z.array(item, expects(`a list of ${what}`, example));
}

/** A path component as well: pins and logs are named by it. */
export const name = (example: string) => {
  const text = expects('1-63 letters, digits, dots, dashes or underscores', example);
  return z.string(text).regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, text);
};

/** IFNAMSIZ - 1 = 15 bytes; dev_valid_name() in net/core/dev.c refuses `/`, `:` and white space. */
export const interfaceName = (example: string) => {
  const text = expects('the name of a network interface (1-15 characters)', example);
  return z.string(text).regex(/^(?!\.{1,2}$)[^\s/:]{1,15}$/, text);
};

export const absolutePath = (example: string) => {
  const text = expects('a path that begins with /', example);
  return z.string(text).regex(/^\//, text);
};

export const address = (example: string) => {
  const text = expects('an IP address', example);
  return z
    .string(text)
    .refine((value) => isIP(value) !== 0 && !value.includes('%'), text)
    .transform((value): Address => parseAddress(value));
};

/** `192.0.2.1:80` or `[2001:db8::1]:80`, the port from 1. */
export const endpoint = (example: string) => {
  const text = expects('an address and a port (1-65535)', example);
  return z.string(text).transform((value, context): Endpoint => {
    const match = /^(?:\[([^\]]+)\]|([^[\]:]+)):(\d{1,5})$/.exec(value);
    const host = match?.[1] ?? match?.[2] ?? '';
    const port = Number(match?.[3]);
    if (isIP(host) === 0 || host.includes('%') || !(port >= 1 && port <= 65535)) {
      context.addIssue({ code: 'custom', message: text.error({ input: value }) });
      return z.NEVER;
    }
    return { address: parseAddress(host), port };
  });
};

const UNIT_MS = { ms: 1, s: 1000 } as const;

/** A length of time with its unit, in milliseconds: a bare number would leave people guessing. */
export const milliseconds = (min: number, max: number, step: number, example: string) => {
  const text = expects(
    `a time with its unit (ms or s) from ${min}ms to ${max}ms in steps of ${step}ms`,
    example,
  );
  return z
    .string(text)
    .regex(/^\d+(\.\d+)?(ms|s)$/, text)
    .transform((value, context) => {
      const unit = value.endsWith('ms') ? 'ms' : 's';
      // A millionth of a millisecond of rounding: 0.29 s is not exactly 290 ms in binary.
      const ms = Number((Number.parseFloat(value) * UNIT_MS[unit]).toFixed(6));
      if (ms >= min && ms <= max && ms % step === 0) return ms;
      context.addIssue({ code: 'custom', message: text.error({ input: value }) });
      return z.NEVER;
    });
};

/** Whole seconds, as sysctls write them: a number, or with the unit, `10s`. */
export const seconds = (max: number, example: string) => {
  const text = expects(`whole seconds from 0 to ${max}, with or without the unit s`, example);
  return z
    .union(
      [z.number(text).int(text).min(0, text).max(max, text), z.string(text).regex(/^\d{1,9}s$/, text)],
      text,
    )
    .transform((value, context): number => {
      const count = typeof value === 'number' ? value : Number.parseInt(value, 10);
      if (count <= max) return count;
      context.addIssue({ code: 'custom', message: text.error({ input: value }) });
      return z.NEVER;
    });
};

/** `1024-65535`: both ends included. At least two, because each director of a pair takes half of them first. */
export const portRange = (example: string) => {
  const text = expects('a range of at least two ports, low to high, within 1-65535', example);
  return z
    .string(text)
    .regex(/^\d{1,5}-\d{1,5}$/, text)
    .transform((value, context): readonly [number, number] => {
      const [low = 0, high = 0] = value.split('-').map(Number);
      if (low >= 1 && low < high && high <= 65535) return [low, high];
      context.addIssue({ code: 'custom', message: text.error({ input: value }) });
      return z.NEVER;
    });
};
