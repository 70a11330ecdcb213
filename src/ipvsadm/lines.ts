/**
 * The lines of a text that comes in pieces: those together that have come together. So a file takes few steps, and
 * whoever writes line by line still sees each line done before the next one.
 */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let begun = '';
  for await (const piece of pieces) {
    const lines = (begun + piece).split(/\r?\n|\r/);
    begun = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  if (begun !== '') yield [begun];
}
