// Where the program is. Knows settings, PATH and home folders; nothing of the editor.

import * as fs from "node:fs";
import * as path from "node:path";

/** What the search looks at; tests bring their own. */
export interface Surroundings {
    env: NodeJS.ProcessEnv;
    home: string;
    platform: NodeJS.Platform;
    isProgram(file: string): boolean;
}

/** The real ones. */
export function surroundings(home: string): Surroundings {
    return { env: process.env, home, platform: process.platform, isProgram };
}

function isProgram(file: string): boolean {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
}

/** The places where the program may be, best first. */
export function candidates(setting: string, around: Surroundings): string[] {
    const flavour = around.platform === "win32" ? path.win32 : path.posix;
    const wanted = setting.trim();
    if (wanted.startsWith("~/") || wanted.startsWith("~\\")) {
        return [flavour.join(around.home, wanted.slice(2))];
    }
    if (flavour.isAbsolute(wanted)) {
        return [wanted];
    }
    // a path from a folder that is open would let a stranger's project choose the program
    if (wanted.includes("/") || wanted.includes("\\")) {
        return [];
    }
    const name = wanted === "" ? "dfopt" : wanted;
    const file = around.platform === "win32" && flavour.extname(name) === "" ? `${name}.exe` : name;
    const folders = (around.env.PATH ?? around.env.Path ?? "").split(flavour.delimiter).filter(flavour.isAbsolute);
    return [...folders, flavour.join(around.home, ".cargo", "bin")].map((folder) => flavour.join(folder, file));
}

/** The program, or nothing. */
export function find(setting: string, around: Surroundings): string | undefined {
    return candidates(setting, around).find((file) => around.isProgram(file));
}
