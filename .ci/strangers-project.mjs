// Writes the files of docs/getting-started.md into a directory: node .ci/strangers-project.mjs DIR
// A line that is nothing but a name in backticks and a colon names the file of the code block that follows it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const directory = process.argv[2];
const page = readFileSync(new URL('../docs/getting-started.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^`([^`]+)`:\n\n```\w+\n([\s\S]*?)^```$/gm)];
for (const [, name, content] of blocks) {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  console.log(name);
}
if (blocks.length < 5) throw new Error('docs/getting-started.md does not name its files as expected');
