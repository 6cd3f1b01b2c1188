//! Bundler: a Gemfile is a program, of which only the plain form is taken.

use super::tool::Tool;
use super::*;

/// What `bundle install` reads.
///
/// # Errors
/// Where that is not known.
pub fn needs(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    install.check_words(project, needs)?;
    project.check_parents(&["Gemfile", ".bundle", "gems.rb"])?;
    let text = project.read("Gemfile", needs)?;
    for line in text.lines() {
        if let Some(file) = plain(line)? {
            if !project.has(&file)? {
                return Err(project.missing(&project.path(&file)));
            }
            needs.add(project.path(&file));
        }
    }
    project.take_files(install, needs)?;
    let lock = project.read_if_there("Gemfile.lock", needs)?.unwrap_or_default();
    match lock.lines().any(|line| line == "PATH") {
        true => refuse(mark!(PATH_DEPENDENCY, "gem-lock"), "`Gemfile.lock` has a gem that is a folder"),
        false => Ok(()),
    }
}

/// A line of a plain Gemfile: the file that it makes Bundler read, if any.
fn plain(line: &str) -> Result<Option<String>, Reason> {
    let line = line.split(" #").next().unwrap_or(line).trim();
    let unread = || refuse(mark!(MANIFEST_UNREAD, "gemfile"), format!("`Gemfile`: what `{line}` reads is not known"));
    if line.is_empty() || line.starts_with('#') || line == "end" {
        return Ok(None);
    }
    if ["path:", ":path", "gemspec", "eval_gemfile"].iter().any(|word| line.contains(word)) || line.starts_with("path ")
    {
        return refuse(mark!(PATH_DEPENDENCY, "gemfile"), format!("`Gemfile`: `{line}`"));
    }
    let word = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
    let calls = [
        "File",
        "Dir",
        "IO",
        "require",
        "instance_eval",
        "eval",
        "`",
        "%x",
        "system",
        "JSON",
        "YAML",
        "__dir__",
        "read",
    ];
    match word {
        "ruby" if line.contains("file:") => match line.split(['"', '\'']).nth(1) {
            Some(file) if !file.contains(['/', '#']) => Ok(Some(file.to_owned())),
            _ => unread(),
        },
        "source" | "gem" | "ruby" | "group" | "platforms" | "platform" | "git_source" | "install_if" => {
            if calls.iter().any(|call| line.contains(call)) && !line.contains("require:") { unread() } else { Ok(None) }
        }
        // the second line of a `gem` call
        _ if line.starts_with(['"', '\'', ':']) && !calls.iter().any(|call| line.contains(call)) => Ok(None),
        _ => unread(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lines() {
        for line in [
            "source \"https://example.org\"",
            "gem 'rails', '~> 7.0'",
            "group :test do",
            "end",
            "# x",
            "ruby '3.2.2'",
            "gem 'a', require: false",
        ] {
            assert_eq!(plain(line).unwrap(), None, "{line}");
        }
        assert_eq!(plain("ruby file: '.ruby-version'").unwrap().unwrap(), ".ruby-version");
    }

    #[test]
    fn lines_that_read_files() {
        for line in ["gem 'a', path: 'a'", "gemspec", "path 'x' do", "eval_gemfile 'b'"] {
            assert_eq!(plain(line).unwrap_err().0.code, "path-dependency", "{line}");
        }
        for line in ["ruby File.read('.ruby-version')", "x = 1", "gem 'a', File.read('v')", "if ENV['X']"] {
            assert_eq!(plain(line).unwrap_err().0.code, "manifest-unread", "{line}");
        }
    }
}
