import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian's package puts it; CHROMIUM names another one. */
const chromiumPath = process.env.CHROMIUM || '/usr/bin/chromium';

/** Whether there is a browser to drive; says so in one line where there is none. */
export function hasChromium(): boolean {
  const found = existsSync(chromiumPath);
  if (!found) console.log(`skipped: no Chromium at ${chromiumPath}; install it, or let CHROMIUM name one`);
  return found;
}

/** A headless browser; the caller closes it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    // The sandbox needs rights that containers do not give; the only page opened is our own.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}
