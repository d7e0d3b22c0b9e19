import { randomUUID } from 'node:crypto';
import type { DeadLettersAnswer, DeadLetterView } from '@tidb-cdc/console/contract';
import { eventsTopic } from '@tidb-cdc/runtime/names';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { fieldIs } from '@tidb-cdc/verify/clients/elasticsearch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { produce } from '../../src/clients/kafka.ts';
import { messagesIn, vectorsOf } from '../../src/protocol-messages.ts';
import { hasChromium, launchChromium } from '../browser.ts';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
const { console: url, kafka } = stage.system.endpoints;

async function letters(): Promise<readonly DeadLetterView[]> {
  const answer = await fetch(`${url}/api/dead-letters`);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as DeadLettersAnswer).letters;
}

function replay({ partition, offset }: DeadLetterView): Promise<Response> {
  return fetch(`${url}/api/dead-letters/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ partition, offset }),
  });
}

/** Waits until `number` dead letters contain a text, and returns those, newest first. */
function waitForLetters(text: string, number: number): Promise<readonly DeadLetterView[]> {
  return waitFor(
    `${number} dead letters with ${text}`,
    async () => {
      const found = (await letters()).filter(({ value }) => value?.includes(text));
      expect(found).toHaveLength(number);
      return found;
    },
    arrival,
  );
}

/** A row of the protocol `simple`, and the message with its table's schema. */
function rowAndSchema(schema: string) {
  const insert = vectorsOf('simple', '{"encoding-format":"json"}').find(({ expected }) => expected.rows.length === 1);
  const [tableSchema, row] = messagesIn(schema, 'simple', insert === undefined ? [] : [insert]);
  if (tableSchema === undefined || row === undefined) throw new Error('there is no row of simple among the vectors');
  return { tableSchema, row };
}

async function documentsOf(schema: string): Promise<number> {
  await stage.index.refresh();
  return (await stage.index.search(fieldIs('cdc.schema', schema))).length;
}

test('a message that still cannot be decoded comes back as another dead letter, and each is sent once', async () => {
  const value = `no JSON ${randomUUID()}`;
  await produce(kafka, eventsTopic, 1, [{ key: 'k', value }]);
  const [letter] = await waitForLetters(value, 1);
  if (letter === undefined) throw new Error('there is no letter');
  expect(letter).toMatchObject({
    ...{ code: 'INVALID_JSON', key: 'k', value, obstacle: null, replayedAt: null },
    from: { topic: eventsTopic, partition: 1 },
  });

  // Two clicks send the message once.
  const answers = await Promise.all([replay(letter), replay(letter)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const [again, first] = await waitForLetters(value, 2);
  expect(again).toMatchObject({ code: 'INVALID_JSON', key: 'k', replayedAt: null });
  expect(Number(again?.from?.offset)).toBeGreaterThan(Number(letter.from?.offset));
  expect(first).toMatchObject({ offset: letter.offset, replayedAt: expect.stringMatching(/^\d{4}-/) });
});

test('what is no dead letter is not sent', async () => {
  const [letter] = await letters();
  expect((await replay({ ...(letter as DeadLetterView), offset: '999999' })).status).toBe(404);
});

describe.skipIf(!hasChromium())('the console page', () => {
  let browser: Awaited<ReturnType<typeof launchChromium>>;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  test.each([
    ['wide', 1440],
    ['narrow', 390],
  ])('replays a dead letter after its reason is gone, with the keyboard alone: %s', async (_, width) => {
    const schema = `letters_${randomUUID().slice(0, 8)}`;
    const { tableSchema, row } = rowAndSchema(schema);
    await produce(kafka, eventsTopic, 0, [row]);
    await waitForLetters(schema, 1);
    // The fix: now the consumer knows the table.
    await produce(kafka, eventsTopic, 0, [tableSchema]);

    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.goto(url);
    const letter = page.getByTestId('dead-letter').filter({ hasText: schema });
    await letter.locator('summary').focus();
    await page.keyboard.press('Enter');
    await letter.getByText('UNKNOWN_SCHEMA').waitFor();
    await letter.getByText('has not been seen').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await letter.getByText(/^Replayed /).waitFor({ timeout: 30_000 });
    await page.close();

    await waitFor('the document', async () => expect(await documentsOf(schema)).toBe(1), arrival);
    expect(await waitForLetters(schema, 1)).toMatchObject([{ replayedAt: expect.any(String) }]);
  });

  test('shows a document that Elasticsearch refused, with the reason', async () => {
    const table = `letters.t_${randomUUID().slice(0, 8)}`;
    await produce(kafka, eventsTopic, 1, [{ value: canalInsert(table, 1, { '.starts with a dot': 'x' }) }]);
    const page = await browser.newPage();
    await page.goto(url);
    const refused = page.getByTestId('rejected-document').filter({ hasText: table.slice('letters.'.length) });
    await refused.waitFor({ state: 'attached', timeout: arrival.timeoutMs });
    expect(await refused.locator('details > p').textContent()).toMatch(/_exception/);
    await page.close();
  });
});
