// The extension: finds the program, starts `dfopt lsp`, and hands the rest to the editor's own client.

import * as os from "node:os";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";
import { find, surroundings } from "./find";

const LANGUAGES = ["dockerfile", "containerfile"];
const SCHEMES = ["file", "untitled"];

let client: LanguageClient | undefined;
let log: vscode.LogOutputChannel;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    log = vscode.window.createOutputChannel("dfopt", { log: true });
    context.subscriptions.push(
        log,
        vscode.commands.registerCommand("dfopt.restart", restart),
        vscode.commands.registerCommand("dfopt.showLog", () => log.show()),
        vscode.commands.registerCommand("dfopt.fixAll", fixAll),
        vscode.workspace.onDidChangeConfiguration(async (event) => {
            if (event.affectsConfiguration("dfopt.path")) {
                await restart();
            }
        }),
    );
    await start();
}

export async function deactivate(): Promise<void> {
    await stop();
}

async function start(): Promise<void> {
    const settings = vscode.workspace.getConfiguration("dfopt");
    const wanted = settings.get<string>("path", "");
    const program = find(wanted, surroundings(os.homedir()));
    if (program === undefined) {
        missing(wanted);
        return;
    }
    log.info(`starts ${program} lsp`);
    const server: ServerOptions = { command: program, args: ["lsp"] };
    const options: LanguageClientOptions = {
        documentSelector: SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language }))),
        // the server asks for settings once it runs; these are in force until then
        initializationOptions: settings,
        outputChannel: log,
    };
    client = new LanguageClient("dfopt", "dfopt", server, options);
    try {
        await client.start();
    } catch (error) {
        log.error(String(error));
        client = undefined;
    }
}

async function stop(): Promise<void> {
    const running = client;
    client = undefined;
    await running?.stop();
}

async function restart(): Promise<void> {
    await stop();
    await start();
}

function missing(wanted: string): void {
    const where = wanted === "" ? "on the PATH or in ~/.cargo/bin" : `where the setting dfopt.path says (${wanted})`;
    const open = "Open Settings";
    const message = `dfopt was not found ${where}. Install it, or set dfopt.path to its absolute path.`;
    // not awaited by whoever activates: the message may stay for hours
    void vscode.window.showErrorMessage(message, open).then(async (chosen) => {
        if (chosen === open) {
            await vscode.commands.executeCommand("workbench.action.openSettings", "dfopt.path");
        }
    });
}

async function fixAll(): Promise<void> {
    await vscode.commands.executeCommand("editor.action.sourceAction", { kind: "source.fixAll.dfopt", apply: "first" });
}
