import type { ComposeService } from '../../kit/compose/service.ts';
import type { ComposeServices } from './check.ts';

/** Where the check finds the folder. */
export const checkedFolder = '/config';

/** In a shell without arrays: the image has busybox. */
const script = [
  `closed=$(find ${checkedFolder} ! -exec test -r {} ';' -print 2>/dev/null | head -n 1)`,
  'if [ -n "$closed" ]; then',
  `  echo "compose$closed is not readable for the users of the containers. Run: chmod -R a+rX compose/config" >&2; exit 1`,
  'fi',
];

/**
 * Ends with an error where the generated files are readable by their owner only, as in a clone under umask 077. Without it
 * some services would restart for ever, each with a message of its own deep in its log.
 */
export const checkConfig: ComposeService<'check-config'> = {
  // Any image that is pulled anyway and has a shell.
  image: 'prometheus',
  command: ['sh', '-euc', script.join('\n')],
  configFolder: checkedFolder,
  memoryMiB: 16,
  user: '65534:65534',
};

/** Lets every service that mounts a generated file wait for the check. */
export function afterCheckConfig(services: ComposeServices): ComposeServices {
  const entries = Object.entries(services).map(([name, service]) => {
    if (service.files === undefined) return [name, service];
    return [name, { ...service, afterDone: ['check-config', ...(service.afterDone ?? [])] }];
  });
  return Object.fromEntries(entries);
}
