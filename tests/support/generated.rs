//! Dockerfiles with the shapes that real ones have, so that a clone tests the laws without a corpus. The seed is fixed: the files are
//! the same on every machine.
#![allow(dead_code)]

/// How many files.
pub const COUNT: u64 = 300;

/// The files, each with its number.
pub fn dockerfiles() -> impl Iterator<Item = (u64, Vec<u8>)> {
    (0..COUNT).map(|number| (number, encoded(number)))
}

/// SplitMix64: <https://prng.di.unimi.it/splitmix64.c>.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap_or_default()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    /// Some of these, in their order.
    fn some<'a>(&mut self, of: &[&'a str]) -> Vec<&'a str> {
        let mut chosen: Vec<&str> = of.iter().copied().filter(|_| self.one_in(3)).collect();
        if chosen.is_empty() {
            chosen.push(self.pick(of));
        }
        chosen
    }
}

/// What a stage stands on: the image, and what its package manager is called.
const BASES: &[(&str, Family)] = &[
    ("debian:12", Family::Apt),
    ("debian:bookworm-slim", Family::Apt),
    ("ubuntu:22.04", Family::Apt),
    ("ubuntu", Family::Apt),
    ("python:3.12-slim", Family::Apt),
    ("python:3.8", Family::Apt),
    ("node:20", Family::Apt),
    ("golang:1.23", Family::Apt),
    ("ruby:3.3", Family::Apt),
    ("php:8.3-apache", Family::Apt),
    ("openjdk:8-jre", Family::Apt),
    ("alpine:3.20", Family::Apk),
    ("node:20-alpine", Family::Apk),
    ("python:3-alpine", Family::Apk),
    ("fedora:40", Family::Dnf),
    ("rockylinux:9", Family::Dnf),
    ("centos:7", Family::Dnf),
    ("example.org/team/base:1", Family::Unknown),
    ("scratch", Family::Unknown),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Apt,
    Apk,
    Dnf,
    Unknown,
}

/// One file being written.
struct Writer {
    dice: Dice,
    text: String,
    stages: Vec<String>,
    family: Family,
    /// Keywords in lower case.
    lower: bool,
}

fn encoded(number: u64) -> Vec<u8> {
    let mut writer = Writer {
        dice: Dice(number.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0xd0c4),
        text: String::new(),
        stages: Vec::new(),
        family: Family::Unknown,
        lower: false,
    };
    writer.lower = writer.dice.one_in(12);
    writer.file();
    let Writer { mut dice, mut text, .. } = writer;
    if dice.one_in(15) {
        text = text.replace('\n', "\r\n");
    }
    if dice.one_in(12) {
        text.truncate(text.trim_end().len());
    }
    if dice.one_in(40) {
        text.insert(0, '\u{feff}');
    }
    text.into_bytes()
}

impl Writer {
    fn line(&mut self, keyword: &str, rest: &str) {
        let keyword = if self.lower { keyword.to_lowercase() } else { keyword.to_owned() };
        let gap = if self.dice.one_in(25) { "  " } else { " " };
        self.text.push_str(&keyword);
        self.text.push_str(gap);
        self.text.push_str(rest);
        self.text.push('\n');
    }

    fn file(&mut self) {
        if self.dice.one_in(8) {
            self.text.push_str("# syntax=docker/dockerfile:1\n");
        }
        if self.dice.one_in(4) {
            let comment = self.dice.pick(&[
                "# The service.\n\n",
                "# build: docker build -t app .\n",
                "#\n# Übersetzt für die Prüfung\n#\n",
            ]);
            self.text.push_str(comment);
        }
        if self.dice.one_in(4) {
            let default = self.dice.pick(&["VERSION=3.20", "VERSION", "BASE=debian:12", "VERSION=\"1.2\""]);
            self.line("ARG", default);
        }
        for _ in 0..=self.dice.pick(&["0", "0", "0", "1", "1", "2", "3"]).parse().unwrap_or(0) {
            self.stage();
        }
        self.start();
    }

    fn stage(&mut self) {
        let (base, family) = BASES[self.dice.roll(BASES.len())];
        self.family = family;
        let mut from = base.to_owned();
        if !self.stages.is_empty() && self.dice.one_in(4) {
            from = self.earlier();
        } else if self.dice.one_in(12) {
            from = "--platform=$BUILDPLATFORM ".to_owned() + base;
        }
        let number = self.stages.len();
        let name = match self.dice.roll(3) {
            0 => String::new(),
            1 => format!("stage{number}"),
            _ => format!("{}{number}", self.dice.pick(&["build", "deps", "Runtime"])),
        };
        if !name.is_empty() {
            from.push_str(self.dice.pick(&[" AS ", " as ", " AS "]));
            from.push_str(&name);
        }
        self.line("FROM", &from);
        self.stages.push(if name.is_empty() { number.to_string() } else { name });
        for _ in 0..3 + self.dice.roll(10) {
            self.instruction();
        }
    }

    fn earlier(&mut self) -> String {
        let at = self.dice.roll(self.stages.len());
        self.stages[at].clone()
    }

    fn instruction(&mut self) {
        match self.dice.roll(24) {
            0..=4 => self.install(),
            5..=7 => self.run(),
            8 | 9 => self.copy(),
            10 => self.add(),
            11 | 12 => self.environment(),
            13 => {
                let to = self.dice.pick(&["/app", "/usr/src/app", "app", "$HOME", "/srv/", "\"/opt/my app\""]);
                self.line("WORKDIR", to);
            }
            14 => {
                let label = self.dice.pick(&[
                    "version=1.0",
                    "maintainer=\"a <a@example.org>\"",
                    "a=1 b=\"two words\" \\\n      c=3",
                ]);
                self.line("LABEL", label);
            }
            15 => {
                let port = self.dice.pick(&["80", "8080/tcp", "443 80", "$PORT", "5000-5005"]);
                self.line("EXPOSE", port);
            }
            16 => self.heredoc(),
            17 => self.application(),
            18 => {
                let folder = self.dice.pick(&["/data", "[\"/data\"]", "/var/lib/app /var/log/app"]);
                self.line("VOLUME", folder);
            }
            19 => {
                let blank = self.dice.pick(&[
                    "\n",
                    "# next\n",
                    "\n\n# ---- the application ----\n",
                    "   \n",
                    "    # indented\n",
                ]);
                self.text.push_str(blank);
            }
            20 => {
                let user = self.dice.pick(&["root", "1000", "app:app", "${USER_ID}"]);
                self.line("USER", user);
            }
            21 => self.rare(),
            _ => self.application(),
        }
    }

    /// System packages, in the ways that people write them.
    fn install(&mut self) {
        let packages =
            self.dice.some(&["curl", "ca-certificates", "git", "gcc", "make", "wget", "vim", "unzip", "gnupg", "tini"]);
        let separator = self.dice.pick(&[" ", " \\\n    ", " \\\n\t", "  "]);
        let list = packages.join(separator);
        let (update, install, clean) = match self.family {
            Family::Apk => (
                self.dice.pick(&["apk update", "apk add --no-cache bash", "apk -U upgrade"]),
                self.dice.pick(&["apk add --no-cache ", "apk add ", "apk --update add ", "apk add --virtual .build "]),
                self.dice.pick(&["rm -rf /var/cache/apk/*", "apk del .build", "true"]),
            ),
            Family::Dnf => (
                self.dice.pick(&["dnf -y update", "yum makecache", "yum -y install epel-release"]),
                self.dice.pick(&["dnf install -y ", "yum -y install ", "yum install -y --setopt=tsflags=nodocs "]),
                self.dice.pick(&["dnf clean all", "yum clean all", "rm -rf /var/cache/yum"]),
            ),
            Family::Apt | Family::Unknown => (
                self.dice.pick(&[
                    "apt-get update",
                    "apt-get -qq update",
                    "apt update",
                    "DEBIAN_FRONTEND=noninteractive apt-get update -y",
                ]),
                self.dice.pick(&[
                    "apt-get install -y ",
                    "apt-get install ",
                    "apt-get -y --no-install-recommends install ",
                    "apt install -yq ",
                ]),
                self.dice.pick(&[
                    "rm -rf /var/lib/apt/lists/*",
                    "apt-get clean",
                    "apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/*",
                ]),
            ),
        };
        let then = self.dice.pick(&[" && ", " && \\\n    ", " \\\n && ", "; \\\n    ", " \\\n    # one more\n    && "]);
        match self.dice.roll(5) {
            0 => {
                self.line("RUN", update);
                self.line("RUN", &format!("{install}{list}"));
            }
            1 => self.line("RUN", &format!("{install}{list}")),
            2 => self.line("RUN", &format!("{update}{then}{install}{list}")),
            3 => self.line("RUN", &format!("set -eux{then}{update}{then}{install}{list}{then}{clean}")),
            _ => self.line("RUN", &format!("{update}{then}{install}{list}{then}{clean}")),
        }
    }

    /// Commands of the shell.
    fn run(&mut self) {
        let command = self.dice.pick(&[
            "mkdir -p /data/cache",
            "cd /tmp && touch a && rm a",
            "echo 'export A=1' >> /etc/profile",
            "curl -sSL https://example.org/tool.tar.gz | tar xz -C /usr/local",
            "curl -fsSLo /usr/local/bin/tool https://example.org/tool && chmod +x /usr/local/bin/tool",
            "wget -qO- https://example.org/key.asc | apt-key add -",
            "wget https://example.org/a.zip && unzip a.zip && rm a.zip",
            "chmod 755 /entrypoint.sh",
            "chown -R app:app /app",
            "groupadd -r app && useradd -r -g app app",
            "useradd -u 1000000 -m app",
            "if [ \"$A\" = 1 ]; then echo yes; else echo no; fi",
            "for f in a b c; do echo \"$f\" > /tmp/$f; done",
            "case $(uname -m) in x86_64) ARCH=amd64;; *) ARCH=arm64;; esac && echo $ARCH",
            "sed -i 's/^#\\(.*\\)$/\\1/' /etc/hosts || true",
            "(cd /src && ./configure --prefix=/usr && make -j$(nproc) && make install)",
            "ln -sf /usr/share/zoneinfo/UTC /etc/localtime",
            "[\"/bin/true\"]",
            "[ -f /etc/a ] || touch /etc/a",
            "sudo make install",
            "bash -c 'source ~/.profile; echo $0'",
            "--mount=type=cache,target=/root/.cache pip install x",
            "cat /etc/os-release | grep -q Debian & wait",
            "echo \"a # b\" \\\n  && echo `date`",
            "rm -rf /var/lib/apt/lists/* /tmp/* /var/tmp/*",
        ]);
        self.line("RUN", command);
    }

    fn copy(&mut self) {
        let mut rest = self.dice.pick(&["", "", "", "--chown=1000:1000 ", "--chmod=755 ", "--link "]).to_owned();
        let mut keyword = if self.dice.one_in(5) { "ADD" } else { "COPY" };
        if self.stages.len() > 1 && self.dice.one_in(2) {
            keyword = "COPY";
            let from = self.stages[self.dice.roll(self.stages.len() - 1)].clone();
            rest = format!("--from={from} {rest}");
        }
        rest.push_str(self.dice.pick(&[
            ". .",
            ". /app",
            "package*.json ./",
            "requirements.txt /app/",
            "src/ /app/src/",
            "[\"a b\", \"/c d/\"]",
            "go.mod go.sum ./",
            "entrypoint.sh /",
            "*.sh /usr/local/bin/",
        ]));
        self.line(keyword, &rest);
    }

    fn add(&mut self) {
        let what = self.dice.pick(&[
            "https://example.org/a.tar.gz /tmp/",
            "https://example.org/tool /usr/local/bin/tool",
            "rootfs.tar.xz /",
            ". /src",
            "--checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 https://example.org/a /a",
        ]);
        self.line("ADD", what);
    }

    fn environment(&mut self) {
        let (keyword, what) = match self.dice.roll(9) {
            0 => ("ENV", "PATH /opt/bin:$PATH"),
            1 => ("ENV", "A=1 B=\"two words\" C='three'"),
            2 => ("ENV", "VERSION 1.2.3"),
            3 => ("ENV", "DEBIAN_FRONTEND=noninteractive"),
            4 => ("ENV", "A=1 \\\n    B=${A:-2} \\\n\n    C=$B"),
            5 => ("ARG", "VERSION=1.2.3"),
            6 => ("ARG", "DEBIAN_FRONTEND=noninteractive"),
            7 => ("ARG", "TOKEN"),
            _ => ("ENV", "TOKEN=0123"),
        };
        self.line(keyword, what);
    }

    fn heredoc(&mut self) {
        let what = self.dice.pick(&[
            "RUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nEOF\n",
            "RUN <<-\"EOF\"\n\techo $HOME\n\tEOF\n",
            "COPY <<EOF /etc/motd\n# not a comment \\\nFROM here\n\nEOF\n",
            "RUN cat <<EOF > /etc/a && echo b\na   \nEOF\n",
            "RUN python3 <<EOF\nprint('x')\nEOF\n",
        ]);
        self.text.push_str(what);
    }

    /// Packages of a language, and builds.
    fn application(&mut self) {
        let what = self.dice.pick(&[
            "pip install -r requirements.txt",
            "pip3 install --upgrade pip && pip3 install flask gunicorn",
            "python -m pip install --no-cache-dir .",
            "npm install",
            "npm ci --only=production && npm cache clean --force",
            "npm install -g pm2",
            "yarn install --frozen-lockfile",
            "corepack enable && pnpm install",
            "go mod download",
            "CGO_ENABLED=0 go build -ldflags='-s -w' -o /out/app ./...",
            "bundle install --without development test",
            "gem install bundler",
            "composer install --no-dev",
            "mvn -B package -DskipTests",
            "cargo build --release",
            "make && make install",
        ]);
        self.line("RUN", what);
    }

    fn rare(&mut self) {
        match self.dice.roll(7) {
            0 => self.line("SHELL", "[\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]"),
            1 => self.line("ONBUILD", "COPY . /app"),
            2 => self.line("STOPSIGNAL", "SIGQUIT"),
            3 => self.line("MAINTAINER", "A Person <a@example.org>"),
            4 => self.line("HEALTHCHECK", "--interval=30s CMD curl -f http://localhost/ || exit 1"),
            5 => self.line("ONBUILD", "RUN apt-get update && apt-get install -y git"),
            _ => self.line("HEALTHCHECK", "NONE"),
        }
    }

    fn start(&mut self) {
        let (keyword, what) = match self.dice.roll(8) {
            0 => ("CMD", "[\"node\", \"server.js\"]"),
            1 => ("CMD", "npm start"),
            2 => ("ENTRYPOINT", "[\"/entrypoint.sh\"]"),
            3 => ("ENTRYPOINT", "exec java $JAVA_OPTS -jar /app.jar"),
            4 => ("CMD", "[ 'python', 'app.py' ]"),
            5 => ("CMD", "[\"gunicorn\", \"-b\", \"0.0.0.0:8000\", \"app:app\"]"),
            6 => ("CMD", "service nginx start && tail -f /dev/null"),
            _ => return,
        };
        self.line(keyword, what);
    }
}
