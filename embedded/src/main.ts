import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2));
// Anything that still keeps the process open (a socket whose client is gone) has no work left.
process.exit();
