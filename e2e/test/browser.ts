import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Path of Debian's package; CHROMIUM overrides it. */
const chromiumPath = process.env.CHROMIUM || '/usr/bin/chromium';

/** Whether Chromium is installed; prints a line if it is not. */
export function hasChromium(): boolean {
  const found = existsSync(chromiumPath);
  if (!found) console.log(`skipped: no Chromium at ${chromiumPath}; install it, or let CHROMIUM name one`);
  return found;
}

/** Starts a headless browser; the caller closes it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    // The sandbox needs permissions that containers do not have. The only page opened is our own.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}
