import { encodedBytes } from '../../kit/kubernetes/object-size.ts';
import type { Bundle } from './bundles.ts';

/** Bytes of code in one ConfigMap, as its annotation counts them; the rest is for names and labels. */
const partBytes = 240_000;

/** A ConfigMap's data: parts of modules, by a name that ends in the part's number. */
export type CodePart = Readonly<Record<string, string>>;

/**
 * The modules of a bundle in pieces that fit into ConfigMaps, in order: a module is all its parts `<module>.<number>`
 * one after another. Plain text and no archive, so that equal sources are equal bytes on every machine.
 */
export function splitBundle(bundle: Bundle): readonly CodePart[] {
  const parts: Record<string, string>[] = [];
  let room = 0;
  for (const [name, text] of bundle) {
    let number = 0;
    for (let start = 0; start < text.length; number += 1) {
      if (room <= 0) {
        parts.push({});
        room = partBytes;
      }
      const piece = takePiece(text, start, room);
      const part = parts.at(-1);
      if (part === undefined) throw new Error('a part was added before');
      part[`${name}.${String(number).padStart(3, '0')}`] = piece;
      start += piece.length;
      // What did not fit fills the next one.
      room = start < text.length ? 0 : room - encodedBytes(JSON.stringify(piece));
    }
  }
  return parts;
}

/** The longest piece of whole characters that the room can take, to within a step. */
function takePiece(text: string, start: number, room: number): string {
  const step = 1024;
  let end = start;
  for (let used = 0; end < text.length; ) {
    const next = wholeCharacters(text, Math.min(end + step, text.length));
    used += encodedBytes(JSON.stringify(text.slice(end, next)));
    if (used > room && end > start) break;
    end = next;
  }
  return text.slice(start, end);
}

/** Not between the two halves of a character outside the basic plane. */
function wholeCharacters(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit < 0xdc00 && end < text.length ? end + 1 : end;
}

/**
 * The program of the init container: puts the parts together again. Names sort in the order of the parts; those that
 * begin with a dot are the kubelet's own. A first part begins its file again, also where a restart runs this again.
 */
export function joinPartsProgram(from: string, to: string): string {
  return [
    "const { readdirSync, readFileSync, writeFileSync } = require('node:fs');",
    `const parts = readdirSync('${from}').filter((name) => !name.startsWith('.')).sort();`,
    'for (const part of parts) {',
    "  const flag = part.endsWith('.000') ? 'w' : 'a';",
    `  writeFileSync('${to}/' + part.slice(0, -4), readFileSync('${from}/' + part), { flag });`,
    '}',
  ].join('\n');
}
