import { deflateSync } from "node:zlib";

const SIDE = 64;

/** A PNG of one colour: as good as any other for what the tests look at, and drawn in no time. */
export function plainPicture(hue: number): Buffer {
  const row = Buffer.alloc(1 + SIDE * 3);
  for (let x = 0; x < SIDE; x += 1) row.set([120 + (hue % 120), 90 + ((hue * 7) % 150), 140], 1 + x * 3);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: SIDE }, () => row)));
  const size = Buffer.alloc(13);
  size.writeUInt32BE(SIDE, 0);
  size.writeUInt32BE(SIDE, 4);
  // Eight bits of red, green and blue.
  size.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([signature, chunk("IHDR", size), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** PNG's, as its specification writes it; Node has it from 22 on. */
function crc32(data: Buffer): number {
  let sum = ~0;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return ~sum >>> 0;
}
