// The bundle as it is packaged, loaded with a stand-in for the editor: that it loads at all, and what it says where there is no
// dfopt. What the editor itself does is not tried here.

import assert from "node:assert/strict";
import * as fs from "node:fs";
import Module from "node:module";
import * as path from "node:path";
import { test } from "node:test";

const bundle = path.resolve(__dirname, "../../extension.js");
const skip = fs.existsSync(bundle) ? false : "skipped: there is no bundle; `npm run compile` makes it";

/** Whatever is asked of it, it is there, can be called, made and extended. */
function anything(known: Record<string, unknown> = {}): unknown {
    const target = Object.assign(function () {}, known) as unknown as Record<string | symbol, unknown>;
    return new Proxy(target, {
        get: (_, name) => {
            if (typeof name === "symbol" || name === "then") {
                return undefined;
            }
            return name in known ? known[name] : name === "prototype" ? target.prototype : anything();
        },
        apply: () => anything(),
        construct: () => anything() as object,
    });
}

test("the bundle loads, and tells where no dfopt is found", { skip }, async () => {
    const commands: string[] = [];
    const errors: string[] = [];
    const vscode = anything({
        commands: { registerCommand: (name: string) => commands.push(name) },
        window: {
            createOutputChannel: () => ({ info() {}, error() {}, show() {} }),
            showErrorMessage: async (message: string) => void errors.push(message),
        },
        workspace: {
            onDidChangeConfiguration: () => ({}),
            getConfiguration: () => ({ get: () => "/nowhere/dfopt" }),
        },
    });
    const loader = Module as unknown as { _load(name: string, ...rest: unknown[]): unknown };
    const load = loader._load;
    loader._load = (name, ...rest) => (name === "vscode" ? vscode : load.call(loader, name, ...rest));
    try {
        const extension = require(bundle);
        await extension.activate({ subscriptions: [] });
        await extension.deactivate();
    } finally {
        loader._load = load;
    }
    assert.deepEqual(commands.sort(), ["dfopt.fixAll", "dfopt.restart", "dfopt.showLog"]);
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /dfopt was not found where the setting dfopt\.path says \(\/nowhere\/dfopt\)/);
});
