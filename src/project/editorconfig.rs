//! What `.editorconfig` says of indentation. Each file is read once; a line that is none ends its file and fails nothing.

use ec4rs::property::{IndentSize, IndentStyle, TabWidth};
use ec4rs::{ConfigParser, Properties, PropertiesSource, Section};
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::rc::Rc;

const FILE_NAME: &str = ".editorconfig";
/// More of one is not read.
const LARGEST: u64 = 1 << 20;
/// No deeper indentation is believed.
const DEEPEST: usize = 16;

/// A file that was read.
struct Sheet {
    folder: PathBuf,
    root: bool,
    sections: Vec<Section>,
}

/// All files that were asked for, by folder.
#[derive(Default)]
pub struct Indents {
    sheets: HashMap<PathBuf, Option<Rc<Sheet>>>,
}

impl Indents {
    /// The indentation of a file, given by its absolute path, and the `.editorconfig` that decides it.
    pub fn of(&mut self, path: &Path) -> Option<(String, PathBuf)> {
        let mut sheets = Vec::new();
        for folder in path.ancestors().skip(1) {
            let sheet = self.sheet(folder);
            let root = sheet.as_ref().is_some_and(|sheet| sheet.root);
            sheets.extend(sheet);
            if root {
                break;
            }
        }
        let nearest = sheets.first()?.folder.join(FILE_NAME);
        let mut properties = Properties::new();
        for sheet in sheets.iter().rev() {
            let inside = path.strip_prefix(&sheet.folder).unwrap_or(path);
            for section in &sheet.sections {
                // applying a section cannot fail
                let _ = section.apply_to(&mut properties, inside);
            }
        }
        properties.use_fallbacks();
        indent(&properties).map(|indent| (indent, nearest))
    }

    fn sheet(&mut self, folder: &Path) -> Option<Rc<Sheet>> {
        if let Some(sheet) = self.sheets.get(folder) {
            return sheet.clone();
        }
        let sheet = read(folder).map(Rc::new);
        self.sheets.insert(folder.to_owned(), sheet.clone());
        sheet
    }
}

fn read(folder: &Path) -> Option<Sheet> {
    let file = File::open(folder.join(FILE_NAME)).ok()?;
    let meta = file.metadata().ok()?;
    if !meta.is_file() || meta.len() > LARGEST {
        return None;
    }
    let parser = ConfigParser::new_buffered(file).ok()?;
    let root = parser.is_root;
    Some(Sheet { folder: folder.to_owned(), root, sections: parser.map_while(Result::ok).collect() })
}

fn indent(properties: &Properties) -> Option<String> {
    match properties.get::<IndentStyle>() {
        Ok(IndentStyle::Tabs) => return Some("\t".to_owned()),
        Ok(IndentStyle::Spaces) => {}
        // a width alone does not say that it is made of blanks
        Err(_) => return None,
    }
    let width = match properties.get::<IndentSize>().ok()? {
        IndentSize::Value(width) => width,
        IndentSize::UseTabWidth => match properties.get::<TabWidth>().ok()? {
            TabWidth::Value(width) => width,
        },
    };
    (1..=DEEPEST).contains(&width).then(|| " ".repeat(width))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn indent_of(files: &[(&str, &str)], path: &str) -> Option<String> {
        let room = tempfile::tempdir().unwrap();
        fs::write(room.path().join(FILE_NAME), "root = true\n").unwrap();
        for (name, text) in files {
            let path = room.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Indents::default().of(&room.path().join(path)).map(|(indent, _)| indent)
    }

    #[test]
    fn the_nearest_section_counts() {
        let top =
            (FILE_NAME, "root = true\n[*]\nindent_style = space\nindent_size = 2\n[Dockerfile*]\nindent_size = 3\n");
        assert_eq!(indent_of(&[top], "a/Dockerfile").as_deref(), Some("   "));
        assert_eq!(indent_of(&[top], "a/x.dockerfile").as_deref(), Some("  "));
        let tabs = ("a/.editorconfig", "[*]\nindent_style = tab\n");
        assert_eq!(indent_of(&[top, tabs], "a/Dockerfile").as_deref(), Some("\t"));
        assert_eq!(indent_of(&[top, ("a/.editorconfig", "root = true\n")], "a/Dockerfile"), None);
    }

    #[test]
    fn nonsense_fails_nothing() {
        assert_eq!(indent_of(&[], "Dockerfile"), None);
        for text in ["[*]\nindent_style = space\nindent_size = 99999999\n", "[*\n\u{0}", "[*]\nindent_size = 2\n", "x"]
        {
            assert_eq!(indent_of(&[(FILE_NAME, text)], "Dockerfile"), None, "{text}");
        }
        let broken =
            (FILE_NAME, "root = true\n[*]\nindent_style = space\nindent_size = 2\n[x]\nno line\n[*]\nindent_size=8\n");
        assert_eq!(indent_of(&[broken], "Dockerfile").as_deref(), Some("  "));
    }
}
