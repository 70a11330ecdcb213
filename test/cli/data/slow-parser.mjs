// For `node --import`: a busy host, where code takes its time to load. The command line's parser takes LOAD_MS.
import { register } from 'node:module';

const wait = Number(process.env.LOAD_MS);
const hooks = `export async function resolve(name, context, next) {
  if (name === 'yargs') await new Promise((done) => setTimeout(done, ${wait}));
  return next(name, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
