import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import GithubSlugger from 'github-slugger';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');

test('there are documents to check', () => {
  expect(documents).toContain('README.md');
});

test.each(documents)('every link of %s leads to a file, and to a heading in it', (document) => {
  const broken = linksOf(document).filter((link) => {
    const [file = '', heading] = link.split('#');
    const target = file === '' ? document : path.join(path.dirname(document), decodeURI(file));
    if (!existsSync(path.join(root, target))) return true;
    return heading !== undefined && !anchorsOf(target).has(heading);
  });
  expect(broken).toEqual([]);
});

/** Targets of a document's links within the repository. */
function linksOf(document: string): string[] {
  const links = textOf(document).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that GitHub generates for a document's headings. */
function anchorsOf(document: string): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  const headings = textOf(document).matchAll(/^#{1,6} (.+)$/gm);
  return new Set([...headings].map(([, heading = '']) => slugger.slug(heading.replaceAll('`', ''))));
}

/** A document without its code blocks. */
function textOf(document: string): string {
  return readFileSync(path.join(root, document), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
}
