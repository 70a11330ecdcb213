/**
 * Frames on the control socket:
 *
 *      0                   1                   2                   3
 *     |              length of the message, big-endian               |
 *     |                         protobuf message ...
 */
import { ControlError } from './error.ts';

/** A listing of 10,000 services with 20 servers each takes about 12 MB. */
export const MAX_FRAME = 32 << 20;

/** What a protobuf writer gives. */
interface Encoded {
  finish(): Uint8Array;
}

/** @throws ControlError `protocol` when the message is too large to send */
export function frame(message: Encoded): Buffer {
  const body = message.finish();
  if (body.length > MAX_FRAME)
    throw new ControlError('protocol', `a message of ${body.length} bytes exceeds the limit of ${MAX_FRAME}`);
  const bytes = Buffer.allocUnsafe(4 + body.length);
  bytes.writeUInt32BE(body.length);
  bytes.set(body, 4);
  return bytes;
}

/** Cuts a byte stream into messages. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  push(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
  }

  /**
   * The next whole message, or undefined until more bytes come.
   * @throws ControlError `protocol` on a length beyond {@link MAX_FRAME}
   */
  next(): Buffer | undefined {
    if (this.#size < 4) return undefined;
    const length = this.#peekLength();
    if (length > MAX_FRAME)
      throw new ControlError('protocol', `a frame of ${length} bytes exceeds the limit of ${MAX_FRAME}`);
    if (this.#size < 4 + length) return undefined;
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const bytes = all ?? Buffer.alloc(0);
    const rest = bytes.subarray(4 + length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    return bytes.subarray(4, 4 + length);
  }

  #peekLength(): number {
    const first = this.#chunks[0];
    if (first && first.length >= 4) return first.readUInt32BE();
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]?.readUInt32BE() ?? 0;
  }
}
