// Random numbers that a seed repeats.

export class Random {
  #state;

  constructor(seed) {
    this.#state = hash(String(seed));
  }

  /** Another sequence that depends on this seed and a name only, whatever is drawn here. */
  static of(seed, ...names) {
    return new Random([seed, ...names].join('/'));
  }

  /** From 0 to 1, by mulberry32. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  chance(probability) {
    return this.next() < probability;
  }

  between(minimum, maximum) {
    return minimum + Math.floor(this.next() * (maximum - minimum + 1));
  }

  pick(list) {
    return list[this.between(0, list.length - 1)];
  }

  /** A key of an object of weights. */
  weighted(weights) {
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    let left = this.next() * total;
    for (const [name, weight] of Object.entries(weights)) {
      left -= weight;
      if (left < 0) return name;
    }
    return Object.keys(weights).at(-1);
  }

  shuffle(list) {
    const result = [...list];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.between(0, i);
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  }
}

function hash(text) {
  let h = 2166136261;
  for (const character of text) h = Math.imul(h ^ character.codePointAt(0), 16777619);
  return h | 0;
}
