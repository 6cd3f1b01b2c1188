// Makes the npm packages, as tarballs: `dfopt`, which holds a launcher, and for each platform one that holds the program. npm
// installs of the latter only the one that fits (fields `os` and `cpu`), so that nothing is fetched by a script.
//
//   node packaging/npm/build.mjs [--some] FOLDER SHARE PROGRAMS
//
// FOLDER is where the tarballs go, SHARE what share.sh made, PROGRAMS a folder with the programs: `TARGET/dfopt`, where TARGET is
// one of platforms.json. What is published must be whole: a missing program is an error, but with `--some`.
//
// The environment variable DFOPT_REPOSITORY is the address of the repository, which npm compares with that of the build.

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const platforms = JSON.parse(readFileSync(join(here, "platforms.json"), "utf8"));

/** A value of Cargo.toml, which has the one version there is. */
function cargo(key) {
    const value = readFileSync(join(root, "Cargo.toml"), "utf8").match(new RegExp(`^${key} = (.*)$`, "m"));
    if (value === null) {
        throw new Error(`Cargo.toml has no \`${key}\``);
    }
    return JSON.parse(value[1]);
}

const version = cargo("version");
const repository = process.env.DFOPT_REPOSITORY ?? cargo("repository");

/** What both kinds of packages have. */
function common(name, description) {
    return {
        name,
        version,
        description,
        license: cargo("license"),
        repository: { type: "git", url: `git+${repository}.git` },
        publishConfig: { access: "public" },
    };
}

function platformPackage({ name, os, cpu }) {
    return {
        ...common(`@dfopt/${name}`, `The program dfopt for ${os} on ${cpu}; install \`dfopt\` instead`),
        os: [os],
        cpu: [cpu],
        // Yarn keeps packages zipped otherwise
        preferUnplugged: true,
        files: ["bin", "LICENSE-APACHE"],
    };
}

function mainPackage(pages) {
    return {
        ...common("dfopt", cargo("description")),
        keywords: cargo("keywords"),
        bin: { dfopt: "bin/dfopt.js" },
        man: pages.map((page) => `./man/${page}`),
        files: ["bin", "man", "completions", "LICENSE-APACHE"],
        engines: { node: ">=16" },
        optionalDependencies: Object.fromEntries(platforms.map(({ name }) => [`@dfopt/${name}`, version])),
    };
}

function licences(folder) {
    for (const name of ["LICENSE", "LICENSE-APACHE"]) {
        copyFileSync(join(root, name), join(folder, name));
    }
}

/** Writes what is common, packs the folder, and names the tarball. */
function pack(folder, description, readme, out) {
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
    writeFileSync(join(folder, "README.md"), readme);
    licences(folder);
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const options = { cwd: folder, encoding: "utf8", shell: process.platform === "win32" };
    const said = execFileSync(npm, ["pack", "--json", "--ignore-scripts", "--pack-destination", out], options);
    // npm writes the scope of a name in different ways from version to version
    const file = JSON.parse(said)[0].filename.replace("@", "").replace("/", "-");
    console.log(join(out, file));
}

function packPlatform(platform, source, stage, out) {
    const folder = join(stage, platform.name);
    const file = join(folder, "bin", platform.os === "win32" ? "dfopt.exe" : "dfopt");
    mkdirSync(dirname(file), { recursive: true });
    copyFileSync(source, file);
    chmodSync(file, 0o755);
    const description = platformPackage(platform);
    pack(folder, description, `# ${description.name}\n\n${description.description}.\n`, out);
}

function packMain(share, stage, out) {
    const folder = join(stage, "dfopt");
    mkdirSync(join(folder, "bin"), { recursive: true });
    mkdirSync(join(folder, "completions"));
    copyFileSync(join(here, "dfopt.js"), join(folder, "bin", "dfopt.js"));
    chmodSync(join(folder, "bin", "dfopt.js"), 0o755);
    cpSync(join(share, "man", "man1"), join(folder, "man"), { recursive: true });
    copyFileSync(join(share, "bash-completion/completions/dfopt"), join(folder, "completions/dfopt.bash"));
    copyFileSync(join(share, "zsh/site-functions/_dfopt"), join(folder, "completions/_dfopt"));
    copyFileSync(join(share, "fish/vendor_completions.d/dfopt.fish"), join(folder, "completions/dfopt.fish"));
    copyFileSync(join(share, "dfopt/dfopt.ps1"), join(folder, "completions/dfopt.ps1"));
    copyFileSync(join(share, "dfopt/dfopt.elv"), join(folder, "completions/dfopt.elv"));
    const pages = readdirSync(join(folder, "man")).sort();
    pack(folder, mainPackage(pages), readFileSync(join(here, "..", "README.registry.md"), "utf8"), out);
}

/** Where the program of a platform is. */
function program(programs, { target, os }) {
    return join(programs, target, os === "win32" ? "dfopt.exe" : "dfopt");
}

function main(args) {
    const some = args[0] === "--some";
    const [folder, share, programs, ...more] = args.slice(some ? 1 : 0);
    if (programs === undefined || more.length > 0) {
        throw new Error("usage: build.mjs [--some] FOLDER SHARE PROGRAMS");
    }
    const missing = platforms.map((platform) => program(programs, platform)).filter((file) => !existsSync(file));
    if (missing.length > (some ? platforms.length - 1 : 0)) {
        throw new Error(`there is no ${missing.join(", no ")}`);
    }
    const out = resolve(folder);
    mkdirSync(out, { recursive: true });
    const stage = mkdtempSync(join(tmpdir(), "dfopt-npm-"));
    try {
        for (const platform of platforms.filter((platform) => existsSync(program(programs, platform)))) {
            packPlatform(platform, program(programs, platform), stage, out);
        }
        packMain(resolve(share), stage, out);
    } finally {
        rmSync(stage, { recursive: true, force: true });
    }
}

try {
    main(process.argv.slice(2));
} catch (error) {
    console.error(`error: ${error.message}`);
    process.exitCode = 2;
}
