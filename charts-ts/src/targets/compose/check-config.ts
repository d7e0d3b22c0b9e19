import { elasticsearchCaMount } from '../../elastic/compose-facts.ts';
import { type External, externalSettings, type NamedSetting, settingRules } from '../../external-settings.ts';
import { kafkaCaMount } from '../../kafka/compose-facts.ts';
import { type ComposeService, fromEnvironment } from '../../kit/compose/service.ts';
import { ticdcCaMount } from '../../ticdc/compose-facts.ts';
import type { ComposeServices } from './check.ts';

/** Path in the check's container of the generated files. */
export const checkedFolder = '/config';

/**
 * A service that fails if only their owner can read the generated files (as in a clone under umask 077), or if a
 * setting of an external system is missing or wrong. Without this check, some services would restart for ever, each
 * with its own message deep in its log.
 *
 * @param folder the folder of the compose file, relative to the root of the repository
 */
export function checkConfig(external: External, folder: string): ComposeService<'check-config'> {
  const settings = checkedSettings(external).map(({ name }) => [name, fromEnvironment(name)]);
  return {
    // Any image with a shell that is pulled anyway.
    image: 'json-exporter',
    command: ['sh', '-euc', script(external, folder).join('\n')],
    ...(settings.length === 0 ? {} : { environment: Object.fromEntries(settings) }),
    configFolder: checkedFolder,
    hostFiles: hostFiles(external),
    memoryMiB: 16,
    user: '65534:65534',
  };
}

function hostFiles(external: External) {
  return [...ticdcCaMount(external), ...kafkaCaMount(external), ...elasticsearchCaMount(external)];
}

/** The lines of the check's script. The image has busybox, whose shell has no arrays. */
function script(external: External, folder: string): readonly string[] {
  const files = [
    `closed=$(find ${checkedFolder} ! -exec test -r {} ';' -print 2>/dev/null | head -n 1)`,
    'if [ -n "$closed" ]; then',
    `  echo "${folder}$closed is not readable for the users of the containers. Run: chmod -R a+rX ${folder}/config" >&2; exit 1`,
    'fi',
  ];
  const settings = settingChecks(external);
  if (settings.length === 0) return files;
  return [...files, 'wrong=0', 'say() { echo "$1" >&2; wrong=1; }', ...settings, 'exit $wrong'];
}

/** One line per setting, so that all problems are reported at once. */
function settingChecks(external: External): readonly string[] {
  const certificates = hostFiles(external).map(({ setting, target }) => {
    const remedy = `is not readable for the users of the containers. Run: chmod a+r $${setting}`;
    return `[ -r ${target} ] || say "${setting}=$${setting}: ${remedy}"`;
  });
  return [...checkedSettings(external).map(settingCheck), ...certificates];
}

/** The settings that can be wrong. All others accept any text. */
function checkedSettings(external: External) {
  return externalSettings(external).filter(({ rule, default: value, optional }) => {
    return rule !== 'text' || (value === undefined && !optional);
  });
}

function settingCheck({ name, what, rule, default: value, optional, unlessFalse }: NamedSetting): string {
  const condition = unlessFalse === undefined ? '' : `[ "$${unlessFalse}" = false ] || `;
  const missing =
    optional || value !== undefined ? ':' : `say ${quoted(`${name} is not set: ${what}. Set it in .env`)}`;
  if (rule === 'text') return `${condition}[ -n "$${name}" ] || ${missing}`;
  const { patterns, text } = settingRules[rule];
  const wrong = `say "${name}=$${name}: must be ${text}. Set it in .env"`;
  return `${condition}case "$${name}" in '') ${missing} ;; ${patterns.join('|')}) ;; *) ${wrong} ;; esac`;
}

/** Quotes text as one shell word. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Makes every service that mounts a file wait for the check. */
export function afterCheckConfig(services: ComposeServices): ComposeServices {
  const entries = Object.entries(services).map(([name, service]) => {
    if (service.files === undefined && (service.hostFiles ?? []).length === 0) return [name, service];
    return [name, { ...service, afterDone: ['check-config', ...(service.afterDone ?? [])] }];
  });
  return Object.fromEntries(entries);
}
