import * as z from 'zod';
import { fileSchema } from './schema.ts';

/** The JSON Schema of the configuration file, for editors: what is written, before defaults. */
export function jsonSchema(): object {
  return {
    title: 'Configuration of a Tandem director',
    ...z.toJSONSchema(fileSchema, { io: 'input' }),
  };
}
