import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/runtime/gate.ts
var Gate = class {
  #waiting = [];
  #free;
  constructor(capacity) {
    this.#free = capacity;
  }
  async run(work) {
    if (this.#free > 0) this.#free--;
    else await new Promise((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
};

export {
  Gate
};
