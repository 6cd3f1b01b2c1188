import assert from "node:assert/strict";
import { test } from "node:test";
import { candidates, find, type Surroundings } from "../src/find";

function around(programs: string[], platform: NodeJS.Platform = "linux"): Surroundings {
    const [PATH, home] = platform === "win32" ? ["C:\\bin;D:\\x", "C:\\Users\\u"] : ["/usr/bin:relative:/opt", "/home/u"];
    return { env: { PATH }, home, platform, isProgram: (file) => programs.includes(file) };
}

test("the PATH comes first, then cargo's folder", () => {
    assert.equal(find("", around(["/opt/dfopt", "/home/u/.cargo/bin/dfopt"])), "/opt/dfopt");
    assert.equal(find("", around(["/home/u/.cargo/bin/dfopt"])), "/home/u/.cargo/bin/dfopt");
    assert.equal(find("", around(["relative/dfopt"])), undefined);
});

test("a setting decides alone", () => {
    assert.equal(find("/x/dfopt", around(["/x/dfopt", "/opt/dfopt"])), "/x/dfopt");
    assert.equal(find("/x/dfopt", around(["/opt/dfopt"])), undefined);
    assert.equal(find(" ~/bin/dfopt ", around(["/home/u/bin/dfopt"])), "/home/u/bin/dfopt");
    assert.equal(find("dfopt-next", around(["/opt/dfopt-next", "/opt/dfopt"])), "/opt/dfopt-next");
});

test("a project does not choose the program", () => {
    for (const setting of ["./dfopt", "bin/dfopt", "..\\dfopt"]) {
        assert.deepEqual(candidates(setting, around([])), []);
    }
});

test("windows has its own names", () => {
    assert.equal(find("", around(["D:\\x\\dfopt.exe"], "win32")), "D:\\x\\dfopt.exe");
    assert.equal(find("C:\\y\\d.exe", around(["C:\\y\\d.exe"], "win32")), "C:\\y\\d.exe");
});
