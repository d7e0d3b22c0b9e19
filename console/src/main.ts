import { exitCode, flushAndExit, runProgram } from '@tidb-cdc/runtime/environment';
import { createLogger } from '@tidb-cdc/runtime/log';
import { readLogin } from '@tidb-cdc/runtime/login';
import { readPage } from './assets.ts';
import { configuredSystem } from './configured-system.ts';
import { startConsole } from './server.ts';
import { readSettings } from './settings.ts';

await runProgram(async () => {
  const settings = readSettings();
  const login = readLogin(settings, 'CONSOLE');
  const log = createLogger({ level: settings.LOG_LEVEL, dataset: 'cdc.console' });
  const stopped = new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
  });
  const console = await startConsole({
    system: configuredSystem(settings, log),
    // The build writes the page beside the program.
    page: await readPage(new URL('./', import.meta.url)),
    host: settings.HTTP_HOST,
    port: settings.HTTP_PORT,
    names: settings.HTTP_NAMES,
    ...(login === undefined ? {} : { login }),
    log,
  });
  log.info(`the console is at ${console.url}`);
  await stopped;
  await console.close();
  await flushAndExit(exitCode.done);
});
