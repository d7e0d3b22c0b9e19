import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from '@tidb-cdc/embedded/fetch/cache';
import { repository } from '@tidb-cdc/runtime/repository';
import versions from '../../../versions.json' with { type: 'json' };
import { baseImage, ensureBaseImage } from './base-image.ts';
import type { Engine } from './engine.ts';
import { fetchProducts, type Products, type RecipeName } from './products.ts';

const recipes = join(repository, 'e2e', 'images');

/** Images that are not in the compose file: they replace TiDB and TiCDC. */
export const substituteImages = { mariadb: 'tidb-cdc-e2e/mariadb:1', canal: 'tidb-cdc-e2e/canal:1' } as const;

/** Name under which an image is built: the one in the compose file. */
function imageName(recipe: RecipeName): string {
  return recipe === 'mariadb' || recipe === 'canal' ? substituteImages[recipe] : versions.images[recipe];
}

/** Builds every image from packages, under its name in the compose file. Returns the recipes it built. */
export async function buildImages(
  engine: Engine,
  folder: string,
  say: (line: string) => void,
): Promise<ReadonlySet<RecipeName>> {
  say('the base image, from Debian packages');
  await ensureBaseImage(engine, folder);
  const products = Object.entries(await fetchProducts(say)) as [RecipeName, Products][];
  for (const [recipe, files] of products) await buildImage(engine, folder, recipe, files, say);
  return new Set(products.map(([recipe]) => recipe));
}

async function buildImage(
  engine: Engine,
  folder: string,
  recipe: RecipeName,
  products: Products,
  say: (line: string) => void,
): Promise<void> {
  const name = imageName(recipe);
  const identity = identityOf(recipe, products);
  const label = `tidb-cdc.recipe=${identity}`;
  const filters = ['--filter', `reference=${name}`, '--filter', `label=${label}`];
  if ((await engine.docker(['image', 'ls', '--quiet', ...filters])).trim() !== '') return;
  say(`image ${name}`);
  const context = mkdtempSync(join(folder, `${recipe}-`));
  try {
    cpSync(join(recipes, recipe), context, { recursive: true });
    for (const [target, source] of Object.entries(products)) {
      cpSync(source, join(context, target), { recursive: true, dereference: true });
    }
    const base = ['--build-arg', `BASE=${baseImage}`];
    await engine.docker(['build', '--quiet', '--label', label, ...base, '--tag', name, context]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/**
 * A hash of an image's inputs: its recipe's files, and the paths of its products. Paths of cached products identify
 * their content.
 */
function identityOf(recipe: RecipeName, products: Products): string {
  const files = readdirSync(join(recipes, recipe), { recursive: true, encoding: 'utf8' })
    .map((name) => join(recipes, recipe, name))
    .filter((file) => statSync(file).isFile())
    .sort();
  return hashOf(baseImage, ...files.map((file) => readFileSync(file)), JSON.stringify(products));
}
