import { exitCode, flushAndExit, runProgram } from '@tidb-cdc/runtime/environment';
import { createLogger } from '@tidb-cdc/runtime/log';
import { runService } from './service.ts';
import { readSettings } from './settings.ts';

await runProgram(async () => {
  const settings = readSettings();
  const log = createLogger({ level: settings.LOG_LEVEL, dataset: 'cdc.consumer' });
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // `on`, not `once`: npm sends Ctrl-C a second time, which must not interrupt the shutdown.
    process.on(signal, () => stopping.abort());
  }
  await runService(settings, log, stopping.signal);
  await flushAndExit(exitCode.done);
});
