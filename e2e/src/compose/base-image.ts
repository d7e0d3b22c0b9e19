import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Engine } from './engine.ts';

/** Name of the base of all other images. */
export const baseImage = 'tidb-cdc-e2e/base:1';

/** Packages for health checks, scripts and the Java servers. */
const packages = ['bash', 'busybox', 'ca-certificates', 'curl', 'libaio1', 'libncurses6', 'openjdk-17-jre-headless'];

/** Builds the base image from Debian packages unless the engine has it. */
export async function ensureBaseImage(engine: Engine, folder: string): Promise<void> {
  if ((await engine.docker(['image', 'ls', '--quiet', baseImage])).trim() !== '') return;
  const root = mkdtempSync(join(folder, 'base-'));
  try {
    const mirrors = await execa('apt-get', ['indextargets', '--format', '$(REPO_URI)'], {
      timeout: 30_000,
      lines: true,
    });
    const [mirror = ''] = mirrors.stdout;
    const content = ['--variant=minbase', `--include=${packages.join(',')}`];
    await execa('debootstrap', [...content, 'bookworm', root, mirror], { timeout: 900_000 });
    for (const waste of ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/locale']) {
      rmSync(join(root, waste), { recursive: true, force: true });
    }
    // Alpine and the Prometheus images have busybox's wget, which their health checks use.
    symlinkSync('busybox', join(root, 'bin/wget'));
    await engine.run(['sh', '-c', 'tar -C "$1" -c . | docker import - "$2"', 'sh', root, baseImage]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
