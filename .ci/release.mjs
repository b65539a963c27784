// Checks what a release would publish, after mvn -Prelease,central install: node .ci/release.mjs
// Every module has what Maven Central asks for, with signatures, and nothing on a run-time class path has a licence that a user could not
// live with. Writes the report of dependencies and licences to target/licences.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Permissive, or with effect on changes of the library itself alone. Of several licences of a library one must be among them. */
const ALLOWED = new Set(
  ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'EPL-1.0', 'EPL-2.0', 'MIT', 'MIT-0', 'MPL-2.0', 'Unicode-3.0', 'UPL-1.0'].concat(
    'Bouncy Castle Licence', // MIT in other words
    'Public Domain, per Creative Commons CC0',
  ),
);

/** What this brings beyond the starters is optional, with all that it depends on; its SBOM does not tell that of the latter. */
const OPTIONAL = 'x402-spring-boot-autoconfigure';

const faults = [];
const read = (file) => readFileSync(join(ROOT, file), 'utf8');
const rootPom = read('pom.xml');
const version = rootPom.match(/<version>([^<]+)<\/version>/)[1];
const published = [...rootPom.matchAll(/<module>(.*?)<\/module>/g)].map(([, name]) => name).filter((name) => !name.startsWith('sample-'));
// Several alternatives: "EPL-2.0 OR GPL-2.0-with-classpath-exception"
const alternatives = (licence) => licence.split(/ OR |[()]/).map((name) => name.trim()).filter(Boolean);

function licencesOf({ licenses = [] }) {
  return licenses.flatMap(({ license, expression }) => alternatives(expression ?? license.id ?? license.name ?? ''));
}

function checkPom(module, pom) {
  const own = pom.replace(/<dependencies>[\s\S]*<\/dependencies>|<dependencyManagement>[\s\S]*<\/dependencyManagement>/, '');
  for (const [name, pattern] of Object.entries({
    name: /<name>.+<\/name>/,
    description: /<description>.+<\/description>/,
    url: /^ {2}<url>https:\/\/.+<\/url>/m,
    licence: /<license>\s*<name>Apache License, Version 2.0<\/name>\s*<url>https:/,
    developer: /<developer>\s*(<id>.*<\/id>\s*)?<name>.+<\/name>/,
    'scm connection': /<scm[^>]*>[\s\S]*<connection>scm:git:https:\/\/.+\.git<\/connection>/,
    'scm url': /<scm[^>]*>[\s\S]*<url>https:\/\/.+<\/url>/,
  })) {
    if (!pattern.test(own)) faults.push(`${module}: the POM has no ${name}`);
  }
  if (/\$\{(?!project\.version\})/.test(pom)) faults.push(`${module}: the POM has a placeholder`);
  if (/<parent>|<repositories>|<scope>(test|system)</.test(pom)) faults.push(`${module}: the POM has a parent, a repository or dependencies of tests`);
  for (const [dependency] of pom.matchAll(/<dependency>[\s\S]*?<\/dependency>/g)) {
    if (!/<version>[^<]+<\/version>/.test(dependency)) faults.push(`${module}: a dependency has no version: ${dependency.replaceAll(/\s+/g, ' ')}`);
  }
}

function checkFiles(module, packaging) {
  const kinds = packaging === 'pom' ? [] : ['.jar', '-sources.jar', '-javadoc.jar'];
  if (module === OPTIONAL) kinds.push('-store-tck.jar');
  const files = kinds.map((kind) => `${module}/target/${module}-${version}${kind}`);
  const signed = files.concat(packaging === 'pom' ? [] : `${module}/target/bom.json`);
  for (const file of files) if (!existsSync(join(ROOT, file))) faults.push(`${module}: there is no ${file}`);
  for (const file of signed) if (!existsSync(join(ROOT, `${file}.asc`))) faults.push(`${module}: ${file} is not signed`);
  if (!existsSync(join(ROOT, `${module}/target/${module}-${version}.pom.asc`))) faults.push(`${module}: the POM is not signed`);
}

/** Rows of the report: library, licences, and which modules bring it. */
function readSbom(module, rows) {
  const { components = [] } = JSON.parse(read(`${module}/target/bom.json`));
  for (const component of components) {
    const name = [component.group, component.name, component.version].filter(Boolean).join(':');
    if (component.group === 'io.x402.spring') continue;
    const licences = licencesOf(component);
    const optional = module === OPTIONAL || component.scope === 'optional';
    if (!licences.some((licence) => ALLOWED.has(licence))) {
      const known = licences.length ? `has the licence ${licences.join(', ')}` : 'names no licence';
      if (!optional) faults.push(`${module}: ${name} ${known}, which is not among those that are allowed`);
    }
    const row = rows.get(name) ?? { licences, required: new Set(), optional: new Set() };
    (optional ? row.optional : row.required).add(module.replace('x402-spring-boot-', ''));
    rows.set(name, row);
  }
}

const rows = new Map();
for (const module of published) {
  const flattened = `${module}/target/.flattened-pom.xml`;
  if (!existsSync(join(ROOT, flattened))) {
    faults.push(`${module}: there is no flattened POM`);
    continue;
  }
  const pom = read(flattened);
  const packaging = pom.match(/<packaging>(.*)<\/packaging>/)?.[1] ?? 'jar';
  checkPom(module, pom);
  checkFiles(module, packaging);
  if (packaging !== 'pom') {
    if (existsSync(join(ROOT, `${module}/target/bom.json`))) readSbom(module, rows);
    else faults.push(`${module}: there is no SBOM`);
  }
}

const required = [...rows].filter(([, row]) => row.required.size);
const table = [...rows]
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([name, row]) => `| ${name} | ${row.licences.join(', ') || 'unknown'} | ${[...row.required].join(', ')} | ${[...row.optional].join(', ')} |`);
mkdirSync(join(ROOT, 'target'), { recursive: true });
writeFileSync(
  join(ROOT, 'target/licences.md'),
  `# Dependencies and licences of ${version}\n\n| Library | Licences | Brought by | Optional for |\n|---|---|---|---|\n${table.join('\n')}\n`,
);
console.log(`${published.length} modules, ${required.length} libraries on run-time class paths, ${rows.size - required.length} optional ones: target/licences.md`);
faults.forEach((each) => console.log(`ERROR: ${each}`));
process.exit(faults.length ? 1 : 0);
