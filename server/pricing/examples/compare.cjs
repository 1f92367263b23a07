// Asks the engine in wasm about the carts on standard input, and ends with the first that it prices otherwise.
// node compare.cjs price.js
const { createInterface } = require("node:readline");

const { answer } = require(require("node:path").resolve(process.argv[2]));
let count = 0;
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [given, expected] = line.split("\t");
    const found = answer(given);
    if (found !== expected) {
      console.error(`cart ${count + 1}: ${given}\nthe server:  ${expected}\nthe browser: ${found}`);
      process.exit(1);
    }
    count += 1;
  })
  .on("close", () => {
    console.log(`${count} carts: the engine in wasm comes to the same`);
    if (count === 0) process.exit(1);
  });
