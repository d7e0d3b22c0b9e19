import { request } from 'node:http';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { newestScrape, pieAt } from '@tidb-cdc/verify/clients/prometheus';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../browser.ts';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();
const { console: url } = stage.system.endpoints;
const patience = { timeout: 60_000 };

describe.skipIf(!hasChromium())('the console page in a browser', () => {
  let browser: Browser;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    problems = [];
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('requestfailed', (failed) => {
      const { errorText = '' } = failed.failure() ?? {};
      // The page itself aborts a request when it no longer needs the answer.
      if (errorText !== 'net::ERR_ABORTED') problems.push(`${failed.url()} ${errorText}`);
    });
    page.on('request', (sent) => {
      if (!sent.url().startsWith(url) && !sent.url().startsWith('data:')) problems.push(`asked ${sent.url()}`);
    });
    await page.goto(url);
    await page.getByTestId('summary').and(page.locator('[data-complete=true]')).waitFor(patience);
  });

  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  /** Clicks a button and returns the number of the order that the page says it changed. */
  async function press(button: string): Promise<string> {
    const answer = page.getByTestId('demo-answer');
    const before = await answer.textContent();
    await page.getByRole('button', { name: button }).click();
    return waitFor(
      `an answer to '${button}'`,
      async () => {
        const text = await answer.textContent();
        expect(text).not.toBe(before);
        const [, id] = /order (\d+)/.exec(text ?? '') ?? [];
        if (id === undefined) throw new Error(`it says: ${text}`);
        return id;
      },
      { timeoutMs: 30_000 },
    );
  }

  function event(operation: string, orderId: string): Locator {
    return page.getByRole('button', {
      name: new RegExp(`^${operation} in shop\\.orders, key (order_id )?=?${orderId}\\b`),
    });
  }

  async function slice(operation: string): Promise<number> {
    const text = await page.getByTestId(`operations-${operation}`).getByTestId('count').textContent();
    return Number(text?.replaceAll(/\D/g, ''));
  }

  /** Number of inserts in the pie, once nothing else is in flight and the page shows what Prometheus has. */
  async function sliceAtRest(): Promise<number> {
    const { prometheus } = stage.system.endpoints;
    const root = await stage.root();
    try {
      await stage.waitForQuiet(root);
    } finally {
      await root.end();
    }
    return waitFor(
      'the pie on the page',
      async () => {
        const { pie } = await pieAt(prometheus, await newestScrape(prometheus));
        const shown = await slice('insert');
        expect(shown).toBe(pie.get('insert'));
        return shown;
      },
      { timeoutMs: 60_000 },
    );
  }

  /** How much wider the page is than the window, in pixels. */
  async function overflow(): Promise<number> {
    return Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'));
  }

  test('shows a change made by its own button, and its row opens', async () => {
    const orderId = await press('Insert a demo order');
    await event('insert', orderId).waitFor(patience);
    await press('Update it');
    await event('update', orderId).waitFor(patience);

    await event('update', orderId).click();
    const status = page.getByTestId('event-detail').getByTestId('column-status');
    await status.waitFor(patience);
    expect(await status.locator('td').allTextContents()).toEqual(['1', '2']);
    expect(await status.getAttribute('data-changed')).toBe('true');

    await press('Delete it');
    await event('update', orderId).click();
    await event('delete', orderId).waitFor(patience);
  });

  test('the pie grows by what the button changed', async () => {
    const before = await sliceAtRest();
    await press('Insert a demo order');
    // The order and its one or two items; nothing else writes during this test.
    await waitFor(
      'the pie to grow',
      async () => {
        const grown = (await slice('insert')) - before;
        expect(grown).toBeGreaterThanOrEqual(2);
        expect(grown).toBeLessThanOrEqual(3);
      },
      { timeoutMs: 60_000 },
    );
  });

  test('the events can be narrowed to a table and an operation', async () => {
    const orderId = await press('Insert a demo order');
    await press('Update it');
    await event('update', orderId).waitFor(patience);
    await page.getByRole('combobox', { name: 'Table' }).selectOption('shop.orders');
    await page.getByRole('combobox', { name: 'Operation' }).selectOption('update');
    await event('insert', orderId).waitFor({ ...patience, state: 'detached' });
    await event('update', orderId).waitFor(patience);
    const shown = await page.getByTestId('event').locator('.cell-table, .cell-operation').allTextContents();
    expect(shown.length).toBeGreaterThan(0);
    for (const text of shown) expect(text).toMatch(/^(shop\.orders|~ update)$/);
  });

  test('a statement typed into the SQL box comes through as an event', async () => {
    const name = `console ${Date.now()}`;
    await page.getByLabel(/^SQL/).fill(`UPDATE customers SET full_name = '${name}' ORDER BY customer_id LIMIT 1`);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('searchbox', { name: 'Text' }).fill(name);
    await page
      .getByRole('button', { name: /^update in shop\.customers/ })
      .first()
      .waitFor(patience);
  });

  test.each([320, 390, 768])('a viewport %i pixels wide needs no horizontal scrolling', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await page.getByTestId('event').first().waitFor(patience);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.getByTestId('event').first().getByRole('button').click();
    await page.getByTestId('event-detail').waitFor(patience);
    expect(await overflow()).toBeLessThanOrEqual(0);
  });

  test('the keyboard reaches the buttons and opens a row', async () => {
    await page.getByRole('button', { name: 'Insert a demo order' }).focus();
    await page.keyboard.press('Enter');
    const row = page.getByTestId('event').first().getByRole('button');
    await row.waitFor(patience);
    await row.focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('event-detail').waitFor(patience);
  });
});

/** Status of a POST to the SQL box with headers such as a browser sends for another site's page. */
function postSql(headers: Readonly<Record<string, string>>): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path: '/api/sql', method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.once('error', reject);
    sent.end(JSON.stringify({ sql: 'SELECT 1' }));
  });
}

describe('the SQL box', () => {
  test('takes statements of its own page', async () => {
    expect(await postSql({ origin: url, 'sec-fetch-site': 'same-origin' })).toBe(200);
  });

  test.each([
    ['another site', { origin: 'http://example.com' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { origin: 'null' }],
    ['another site that hides its origin', { 'sec-fetch-site': 'cross-site' }],
    ['a name that only resolves to this machine', { host: 'evil.example.com', origin: 'http://evil.example.com' }],
  ])('refuses %s', async (_who, headers) => {
    expect(await postSql(headers)).toBe(403);
  });

  test('refuses a form, which needs no permission to be sent', async () => {
    expect(await postSql({ 'content-type': 'text/plain' })).toBe(415);
  });
});
