import { encodedBytes } from '../../kit/kubernetes/object-size.ts';
import type { Bundle } from './bundles.ts';

/** Bytes of code per ConfigMap, as counted in its annotation; the rest of the limit is for names and labels. */
const partBytes = 240_000;

/** A ConfigMap's data: parts of modules, by names that end in the part's number. */
export type CodePart = Readonly<Record<string, string>>;

/**
 * Splits the modules of a bundle into pieces that fit into ConfigMaps, in order: a module is the concatenation of its
 * parts `<module>.<number>`. Plain text, not an archive, so that equal sources give equal bytes on every machine.
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
      // The rest of the module goes into the next ConfigMap.
      room = start < text.length ? 0 : room - encodedBytes(JSON.stringify(piece));
    }
  }
  return parts;
}

/** The longest piece of whole characters that fits into the room, to within a step. */
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

/** If the end would split a surrogate pair, moves it behind the pair. */
function wholeCharacters(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit < 0xdc00 && end < text.length ? end + 1 : end;
}

/**
 * The program of the init container: joins the parts again. Names sort in the order of the parts; names that begin with
 * a dot are the kubelet's. A first part truncates its file, so a restart can run the program again.
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
