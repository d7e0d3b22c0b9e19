import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';

/** Name of the notices file beside the manifests. kubectl reads only YAML and JSON files of a folder. */
export const noticesFile = 'THIRD-PARTY-NOTICES.txt';

/** Names of the licence files in packages, which must go with each copy of their code. */
const licenceFile = /^(licen[cs]e|copying|notice)/i;

/** Licence texts by package name and version. */
export type PackageLicences = ReadonlyMap<string, string>;

/** Renders the notices, each package once. */
export function renderNotices(programs: readonly PackageLicences[]): string {
  const intro =
    'The ConfigMaps of this folder carry code of the packages below, under their licences.\nWritten by npm run synth.\n';
  const packages = new Map(programs.flatMap((licences) => [...licences]));
  const notices = [...packages].map(([title, text]) => `${title}\n\n${text}\n`);
  return [intro, ...notices.sort()].join(`\n${'='.repeat(80)}\n\n`);
}

/**
 * The licences of the packages whose code is in bundles.
 *
 * @param root the folder that esbuild's paths are relative to
 * @throws Error naming a package without a licence
 */
export async function licencesOf(root: string, metafiles: readonly Metafile[]): Promise<PackageLicences> {
  return new Map(await Promise.all(bundledPackages(metafiles).map((folder) => licenceOf(path.join(root, folder)))));
}

/** Folders of the packages that have code in a bundle. */
function bundledPackages(metafiles: readonly Metafile[]): readonly string[] {
  const files = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(files.filter((folder) => folder !== undefined))];
}

async function licenceOf(folder: string): Promise<readonly [string, string]> {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const files = (await readdir(folder)).filter((file) => licenceFile.test(file)).sort();
  if (license === undefined) throw new Error(`${name} ${version}: is bundled and has no licence: use another package`);
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  const lines = texts.flatMap((text) =>
    text
      .trim()
      .split(/\r?\n/)
      .map((line) => line.trimEnd()),
  );
  const text = files.length === 0 ? 'The package names this licence and does not include its text.' : lines.join('\n');
  return [`${name} ${version} (${license})`, text];
}
