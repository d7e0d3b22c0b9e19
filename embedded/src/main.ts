import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2));
// Whatever still holds the process open (a socket of a client that is away) has no work left.
process.exit();
