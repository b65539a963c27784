// Compiles contracts/*.sol with solc (plain JavaScript) into artifacts/NAME.json.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import solc from 'solc';
import { ARTIFACTS, DIR } from './lib/config.mjs';

const read = (...parts) => readFileSync(path.join(DIR, ...parts), 'utf8');
const files = readdirSync(path.join(DIR, 'contracts')).filter((file) => file.endsWith('.sol'));

const output = JSON.parse(
  solc.compile(
    JSON.stringify({
      language: 'Solidity',
      sources: Object.fromEntries(files.map((file) => [file, { content: read('contracts', file) }])),
      settings: {
        evmVersion: 'cancun',
        optimizer: { enabled: true, runs: 200 },
        outputSelection: { '*': { '*': ['evm.deployedBytecode.object'] } },
      },
    }),
    { import: (file) => ({ contents: read('node_modules', file) }) },
  ),
);

const errors = (output.errors ?? []).filter((error) => error.severity === 'error');
if (errors.length > 0) {
  console.error(errors.map((error) => error.formattedMessage).join('\n'));
  process.exit(1);
}

mkdirSync(ARTIFACTS, { recursive: true });
for (const file of files) {
  for (const [name, contract] of Object.entries(output.contracts[file])) {
    const runtime = contract.evm.deployedBytecode.object;
    // interfaces and abstract contracts have no code
    if (runtime) writeFileSync(path.join(ARTIFACTS, `${name}.json`), JSON.stringify({ runtime: `0x${runtime}` }));
  }
}
