require("fs").writeFileSync("out.txt", "built\n");
