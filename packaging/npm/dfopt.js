#!/usr/bin/env node
// Starts the program of the package for this platform: with the same standard streams, the same arguments, and the same end.
// It runs nothing at installation and fetches nothing.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const platform = `${process.platform}-${process.arch}`;
const known = Object.keys(require("../package.json").optionalDependencies).map((name) => name.replace("@dfopt/", ""));

function fail(message) {
    process.stderr.write(`error: ${message}\n`);
    process.exit(2);
}

function find() {
    if (!known.includes(platform)) {
        fail(`there is no package for \`${platform}\` but for ${known.join(", ")}; \`cargo install dfopt\` builds it`);
    }
    try {
        return require.resolve(`@dfopt/${platform}/bin/dfopt${process.platform === "win32" ? ".exe" : ""}`);
    } catch {
        return fail(
            `the package \`@dfopt/${platform}\` is missing: optional dependencies were left out, or \`node_modules\` comes from ` +
                "another platform; install again here, without `--omit=optional`",
        );
    }
}

const child = spawn(find(), process.argv.slice(2), { stdio: "inherit" });

// What is sent to this process is meant for the program. Ctrl-C on a terminal reaches both, and the program bears it twice.
const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"].filter((name) => name in constants.signals);
for (const signal of signals) {
    process.on(signal, () => child.kill(signal));
}

child.on("error", (error) => fail(`the program cannot be started: ${error.message}`));
child.on("exit", (code, signal) => {
    if (signal === null) {
        process.exit(code);
    }
    // to whoever waits, this process ended as the program did
    signals.forEach((name) => process.removeAllListeners(name));
    process.kill(process.pid, signal);
});
