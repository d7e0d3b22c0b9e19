import { elasticsearchCaMount } from '../../elastic/compose-facts.ts';
import { type External, externalSettings, type NamedSetting, settingRules } from '../../external-settings.ts';
import { kafkaCaMount } from '../../kafka/compose-facts.ts';
import { type ComposeService, fromEnvironment } from '../../kit/compose/service.ts';
import { ticdcCaMount } from '../../ticdc/compose-facts.ts';
import type { ComposeServices } from './check.ts';

/** Where the check finds the folder. */
export const checkedFolder = '/config';

/**
 * Ends with an error where the generated files are readable by their owner only, as in a clone under umask 077, and where a
 * setting of a system that runs elsewhere is missing. Without it some services would restart for ever, each with a message
 * of its own deep in its log.
 *
 * @param folder of the compose file, from the root of the repository
 */
export function checkConfig(external: External, folder: string): ComposeService<'check-config'> {
  const settings = checkedSettings(external).map(({ name }) => [name, fromEnvironment(name)]);
  return {
    // Any image that is pulled anyway and has a shell.
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

/** In a shell without arrays: the image has busybox. */
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

/** A line for each setting, so that all that is wrong is said at once. */
function settingChecks(external: External): readonly string[] {
  const certificates = hostFiles(external).map(({ setting, target }) => {
    const remedy = `is not readable for the users of the containers. Run: chmod a+r $${setting}`;
    return `[ -r ${target} ] || say "${setting}=$${setting}: ${remedy}"`;
  });
  return [...checkedSettings(external).map(settingCheck), ...certificates];
}

/** Any text is right for those that are not here. */
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

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Lets every service that mounts a file, or has a setting that may be missing, wait for the check. */
export function afterCheckConfig(services: ComposeServices): ComposeServices {
  const entries = Object.entries(services).map(([name, service]) => {
    if (service.files === undefined && (service.hostFiles ?? []).length === 0) return [name, service];
    return [name, { ...service, afterDone: ['check-config', ...(service.afterDone ?? [])] }];
  });
  return Object.fromEntries(entries);
}
