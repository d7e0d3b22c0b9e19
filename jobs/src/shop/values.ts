import type { Random } from './random.ts';
import { nextStatus, type Row, type Values } from './tables.ts';

const givenNames = [
  'Ada',
  'José',
  'Zofia',
  '小明',
  '花子',
  'Дмитрий',
  'ليلى',
  'Ελένη',
  'Søren',
  'Mia 🌻',
  '한',
  'Çelik',
];
const familyNames = ['Holm', 'Núñez', 'Wiśniewska', '王', '田中', 'Орлов', 'حداد', 'Παπαδάκη', "O'Brien", 'Đặng'];
const goods = ['mug', 'tea', 'coffee', 'kettle', 'tray', 'towel "linen"', 'book & pen', 'scale 100%'];
const colours = ['blue', 'grün', '白', 'rouge'];
const notes = [null, null, null, 'Please ring twice.', '请放在门口 🙏', 'Line one\nLine two', 'C:\\gifts', ''];

/** Returns the values of a new customer. The email begins with `unique`. */
export function newCustomer(random: Random, unique: string): Values {
  return {
    email: `${unique}@example.com`,
    full_name: `${random.pick(givenNames)} ${random.pick(familyNames)}`,
    birth_date: random.int(1, 4) === 1 ? null : date(random, 1930, 2010),
    loyalty_points: String(random.int(0, 1_000_000)),
    preferences: JSON.stringify({ newsletter: random.int(0, 1) === 1, tags: [random.pick(colours), random.int(1, 9)] }),
    avatar: random.int(1, 2) === 1 ? null : random.bytes(random.int(1, 64)),
  };
}

/** Returns the values of a new product. `unique` becomes its stock keeping unit. */
export function newProduct(random: Random, unique: string): Values {
  const colour = random.pick(colours);
  return {
    sku: unique,
    title: `${random.pick(goods)}, ${colour}`,
    price: price(random),
    attributes: random.int(1, 3) === 1 ? null : JSON.stringify({ colour, weight: random.int(1, 5_000) / 100 }),
    image_digest: random.int(1, 2) === 1 ? null : random.bytes(32),
    released_on: random.int(1, 3) === 1 ? null : date(random, 1990, 2030),
  };
}

/** Returns a note on an order, or null for none. */
export function newNote(random: Random): string | null {
  return random.pick(notes);
}

/** Returns new values for some columns of a row. At least one differs from the current value. */
export function otherValues(random: Random, { table, values }: Row): Values {
  switch (table) {
    case 'customers':
      return {
        loyalty_points: String(BigInt(String(values.loyalty_points)) + BigInt(random.int(1, 500))),
        preferences: JSON.stringify({
          theme: random.pick(['light', 'dark', '🌙']),
          nested: { a: [null, random.int(1, 9)] },
        }),
      };
    case 'products': {
      const other = price(random);
      return { price: other === values.price ? '500.00' : other };
    }
    case 'orders':
      return { status: nextStatus(values.status ?? 'new'), note: newNote(random) };
    case 'order_items':
      return { quantity: (Number(values.quantity) % 12) + 1 };
  }
}

function price(random: Random): string {
  return (random.int(100, 20_000) / 100).toFixed(2);
}

function date(random: Random, from: number, to: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${random.int(from, to)}-${two(random.int(1, 12))}-${two(random.int(1, 28))}`;
}
