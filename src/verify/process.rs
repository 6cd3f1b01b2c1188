//! Programs that are started and can be stopped: each in a process group of its own, so that Ctrl-C in a terminal reaches
//! dfopt first, which then ends them and cleans up. Knows nothing of engines.

use crate::visible;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// How long a program that was asked to end may take before it is made to.
const GRACE: Duration = Duration::from_secs(5);

/// Why a program gave no result.
#[derive(Debug)]
pub enum Failure {
    /// The user wants to stop.
    Interrupted,
    /// It could not be started, read, or did not end well; what it said.
    Failed(String),
}

impl Failure {
    fn of(program: &Command, error: &io::Error) -> Failure {
        let name = program.get_program().to_string_lossy();
        Failure::Failed(format!("`{name}` cannot be run: {}", visible::reason(error)))
    }
}

/// What a program said.
#[derive(Debug)]
pub struct Said {
    /// Whether it ended well, and its code (`None` where a signal ended it).
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Said {
    /// Its standard output if it ended well, else what it complained about.
    pub fn fine(self) -> Result<String, Failure> {
        match self.code {
            Some(0) => Ok(self.stdout),
            _ => Err(Failure::Failed(last_lines(&self.stderr, 5))),
        }
    }
}

/// The last lines of a text.
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// Whether the user wants to stop, and what is to be ended then.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    asked: AtomicBool,
    running: Mutex<Vec<u32>>,
}

impl Stop {
    /// From now on, SIGINT, SIGTERM and SIGHUP (Ctrl-C on Windows) end the programs instead of this process.
    ///
    /// # Errors
    /// The system does not permit it.
    pub fn install() -> Result<Stop, String> {
        let stop = Stop::default();
        let handler = stop.clone();
        ctrlc::set_handler(move || handler.ask())
            .map_err(|error| format!("interruptions cannot be caught, and nothing would clean up: {error}"))?;
        Ok(stop)
    }

    /// Whether the user wants to stop.
    pub fn asked(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Asks all programs to end, and makes those that don't.
    fn ask(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
        self.groups().iter().for_each(|group| end(*group, false));
        let until = Instant::now() + GRACE;
        while Instant::now() < until && !self.groups().is_empty() {
            thread::sleep(Duration::from_millis(50));
        }
        self.groups().iter().for_each(|group| end(*group, true));
    }

    fn groups(&self) -> Vec<u32> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts a program; never after the user wanted to stop.
    fn start(&self, command: &mut Command) -> Result<Running, Failure> {
        let mut running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        if self.asked() {
            return Err(Failure::Interrupted);
        }
        let child = detached(command).spawn().map_err(|error| Failure::of(command, &error))?;
        running.push(child.id());
        Ok(Running { child, stop: Some(self.clone()) })
    }

    /// Runs a program and takes what it says.
    pub fn capture(&self, command: &mut Command) -> Result<Said, Failure> {
        let running = self.start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let said = running.said().map_err(|error| Failure::of(command, &error))?;
        if self.asked() { Err(Failure::Interrupted) } else { Ok(said) }
    }

    /// Runs a program and hands on each line that it says, on either stream. Gives its exit code.
    pub fn lines(&self, command: &mut Command, on_line: &mut dyn FnMut(&str)) -> Result<Option<i32>, Failure> {
        let mut running = self.start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let (send, receive) = mpsc::channel();
        for stream in running.streams() {
            let send = send.clone();
            thread::spawn(move || each_line(stream, &send));
        }
        drop(send);
        receive.iter().for_each(|line: String| on_line(&line));
        let status = running.wait().map_err(|error| Failure::of(command, &error))?;
        if self.asked() { Err(Failure::Interrupted) } else { Ok(status.code()) }
    }

    /// Runs a program and hands its standard output to a reader.
    pub fn stream<T>(
        &self,
        command: &mut Command,
        read: impl FnOnce(&mut dyn Read) -> io::Result<T>,
    ) -> Result<T, Failure> {
        let mut running = self.start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let stderr = running.child.stderr.take().map(|mut stream| {
            thread::spawn(move || {
                let mut text = Vec::new();
                let _ = stream.read_to_end(&mut text);
                text
            })
        });
        let result = match running.child.stdout.take() {
            Some(mut stdout) => read(&mut stdout),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        let status = running.wait().map_err(|error| Failure::of(command, &error))?;
        let complaint = stderr.and_then(|thread| thread.join().ok()).unwrap_or_default();
        match result {
            _ if self.asked() => Err(Failure::Interrupted),
            Ok(value) if status.success() => Ok(value),
            Ok(_) => Err(Failure::Failed(last_lines(&String::from_utf8_lossy(&complaint), 5))),
            Err(error) if status.success() => Err(Failure::of(command, &error)),
            Err(error) => {
                Err(Failure::Failed(format!("{}\n{error}", last_lines(&String::from_utf8_lossy(&complaint), 5))))
            }
        }
    }
}

/// Runs a program that cleans up: to its end even when the user wants to stop, but not for ever.
pub fn tidy(command: &mut Command) -> Option<Said> {
    let child = detached(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().ok()?;
    let group = child.id();
    let (send, receive) = mpsc::channel::<()>();
    let guard = thread::spawn(move || {
        if receive.recv_timeout(Duration::from_secs(60)) == Err(mpsc::RecvTimeoutError::Timeout) {
            end(group, true);
        }
    });
    let said = Running { child, stop: None }.said().ok();
    drop(send);
    let _ = guard.join();
    said
}

/// A program of which nobody waits for input, out of reach of the terminal's Ctrl-C.
fn detached(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command
}

struct Running {
    child: Child,
    stop: Option<Stop>,
}

impl Running {
    fn streams(&mut self) -> Vec<Box<dyn Read + Send>> {
        let stdout = self.child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>);
        let stderr = self.child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>);
        stdout.into_iter().chain(stderr).collect()
    }

    fn said(mut self) -> io::Result<Said> {
        let streams = self.streams().into_iter().map(|mut stream| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                let _ = stream.read_to_end(&mut bytes);
                String::from_utf8_lossy(&bytes).into_owned()
            })
        });
        let threads: Vec<_> = streams.collect();
        let mut texts = threads.into_iter().map(|thread| thread.join().unwrap_or_default());
        let (stdout, stderr) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
        Ok(Said { code: self.wait()?.code(), stdout, stderr })
    }

    fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait();
        self.forget();
        status
    }

    fn forget(&self) {
        if let Some(stop) = &self.stop {
            let mut running = stop.0.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.retain(|group| *group != self.child.id());
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            end(self.child.id(), true);
            let _ = self.child.wait();
        }
        self.forget();
    }
}

fn each_line(stream: Box<dyn Read + Send>, send: &mpsc::Sender<String>) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    while matches!(stream.read_until(b'\n', &mut line), Ok(length) if length > 0) {
        if send.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
            return;
        }
        line.clear();
    }
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn end(group: u32, at_once: bool) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let signal = if at_once { Signal::KILL } else { Signal::TERM };
    if let Some(pid) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(pid, signal);
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn end(group: u32, at_once: bool) {
    let force = if at_once { &["/F"][..] } else { &[] };
    let _ = Command::new("taskkill").args(["/T", "/PID", &group.to_string()]).args(force).output();
}

/// Whether a process of this system lives. Where that can't be told, it does.
#[cfg(any(target_os = "linux", target_os = "macos"))]
pub fn lives(pid: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

/// Whether a process of this system lives. Where that can't be told, it does.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub fn lives(_: u32) -> bool {
    true
}

/// What tells this system's process numbers from those of others that use the same engine: its name and, on Linux, the
/// name space of the process numbers.
pub fn system() -> String {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    let space = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    format!("{name} {}", space.display())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_streams_and_the_code_are_taken() {
        let said = Stop::default().capture(&mut sh("echo out; echo err >&2; exit 3")).unwrap();
        assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (Some(3), "out\n", "err\n"));
        let mut lines = Vec::new();
        let code = Stop::default().lines(&mut sh("echo a; echo b"), &mut |line| lines.push(line.to_owned())).unwrap();
        assert_eq!((code, lines), (Some(0), vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn a_stream_that_fails_says_why() {
        let read = |script: &str| {
            Stop::default().stream(&mut sh(script), |stream| {
                let mut text = String::new();
                stream.read_to_string(&mut text).map(|_| text)
            })
        };
        assert_eq!(read("echo fine").unwrap(), "fine\n");
        assert!(matches!(read("echo half; echo why >&2; exit 1"), Err(Failure::Failed(why)) if why == "why"));
        let missing = Stop::default().capture(&mut Command::new("no-such-program"));
        assert!(matches!(missing, Err(Failure::Failed(why)) if why.contains("`no-such-program` cannot be run")));
    }

    #[test]
    fn stopping_ends_what_runs_with_its_children_and_starts_nothing_more() {
        let stop = Stop::default();
        let asker = stop.clone();
        let thread = thread::spawn(move || {
            while asker.groups().is_empty() {
                thread::sleep(Duration::from_millis(5));
            }
            asker.ask();
        });
        let started = Instant::now();
        let result = stop.capture(&mut sh("sleep 60 & sleep 60; wait"));
        thread.join().unwrap();
        assert!(matches!(result, Err(Failure::Interrupted)) && started.elapsed() < Duration::from_secs(20));
        assert!(matches!(stop.capture(&mut sh("true")), Err(Failure::Interrupted)));
        assert_eq!(tidy(&mut sh("echo still")).unwrap().stdout, "still\n");
    }

    #[test]
    fn the_living_live() {
        assert!(lives(std::process::id()));
        let mut child = sh("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(!lives(child.id()));
    }
}
