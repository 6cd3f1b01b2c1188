// A registry of npm packages, out of the tarballs in a folder, for this machine only. Prints its address and serves until its
// standard input ends.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const folder = process.argv[2];
const packages = new Map();
for (const file of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, file));
    const description = JSON.parse(execFileSync("tar", ["-xOf", join(folder, file), "package/package.json"]));
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    packages.set(description.name, { description, file, integrity });
}

function page(address, { description, file, integrity }) {
    const version = { ...description, dist: { tarball: `${address}-/${file}`, integrity } };
    return { name: description.name, "dist-tags": { latest: version.version }, versions: { [version.version]: version } };
}

const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url.slice(1));
    if (path.startsWith("-/") && !path.includes("..")) {
        response.end(readFileSync(join(folder, path.slice(2))));
    } else if (packages.has(path)) {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(page(`http://${request.headers.host}/`, packages.get(path))));
    } else {
        response.statusCode = 404;
        response.end("{}");
    }
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
process.stdin.on("end", () => process.exit(0)).resume();
