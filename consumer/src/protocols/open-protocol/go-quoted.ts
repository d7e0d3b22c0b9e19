import { textOf, wrongValue } from '../sql-text.ts';

const escaped = /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([abfnrtv\\"'])|(.?))/gs;
const named: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/**
 * Returns the bytes of a BINARY or VARBINARY as base64. TiCDC writes them as Go's `strconv.Quote` does, without the
 * quotes: printable text unchanged, other characters as `\u00a0`, and bytes that are not UTF-8 as `\xff`.
 * @throws DecodeError when the value is not in that form
 */
export function goQuotedBytes(value: unknown, place: string): string {
  const text = textOf(value, place);
  if (!text.includes('\\')) return Buffer.from(text).toString('base64');
  // No escape is shorter than the bytes it stands for.
  const bytes = Buffer.alloc(Buffer.byteLength(text));
  let end = 0;
  let from = 0;
  for (const match of text.matchAll(escaped)) {
    const [whole, byte, short, long, letter, unknown] = match;
    if (unknown !== undefined) throw wrongValue(place, value, 'text in the escapes of Go');
    end += bytes.write(text.slice(from, match.index), end);
    if (byte !== undefined) end += bytes.write(byte, end, 'hex');
    else if (letter !== undefined) end += bytes.write(named[letter] ?? letter, end);
    else end += bytes.write(characterOf(short ?? long ?? '', place, value), end);
    from = match.index + whole.length;
  }
  end += bytes.write(text.slice(from), end);
  return bytes.toString('base64', 0, end);
}

function characterOf(hex: string, place: string, value: unknown): string {
  const codePoint = Number.parseInt(hex, 16);
  if (codePoint > 0x10_ffff) throw wrongValue(place, value, 'text in the escapes of Go');
  return String.fromCodePoint(codePoint);
}
