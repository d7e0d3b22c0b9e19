import { readFileSync } from 'node:fs';
import { repositoryFile } from '@tidb-cdc/runtime/repository';

/** Text of a document of this repository. */
export function document(name: string): string {
  return readFileSync(repositoryFile(name), 'utf8');
}

/** The inline code of Markdown text, outside its code blocks. Tables escape the pipes in it. */
export function inlineCode(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text.replaceAll('\\|', '|').trim());
}
