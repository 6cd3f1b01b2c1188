//! `dfopt lsp`: the Language Server Protocol over standard input and output. Beside the command line, the edge that does I/O.
//!
//! `wire` reads and writes messages, `protocol` holds the protocol's words, `server` keeps up the conversation, `workspace` the
//! open texts (a `document` each) and what is answered about them, `settings` what the user wants, `analysis` asks dfopt,
//! `render` puts what it says into the protocol's words; `position` counts columns and `minimal` finds small edits.

mod analysis;
mod answer;
mod document;
mod minimal;
mod position;
mod protocol;
mod render;
mod server;
mod settings;
mod wire;
mod workspace;

pub use server::Server;

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use wire::Incoming;

/// Serves the client at standard input and output until it leaves.
pub fn main() -> ExitCode {
    let (send, receive) = mpsc::channel();
    // reads ahead, so that what is withdrawn need not be answered; nobody waits for it, since nothing can end its reading
    thread::spawn(move || listen(&mut io::stdin().lock(), &send));
    ExitCode::from(serve(&receive, &mut io::stdout().lock()))
}

fn listen(input: &mut impl BufRead, send: &mpsc::Sender<Incoming>) {
    loop {
        let incoming = wire::read(input);
        let last = matches!(incoming, Incoming::End);
        if send.send(incoming).is_err() || last {
            return;
        }
    }
}

fn serve(receive: &Receiver<Incoming>, output: &mut impl Write) -> u8 {
    let mut server = Server::default();
    loop {
        if server.idle() {
            server.push(receive.recv().unwrap_or(Incoming::End));
        }
        while let Ok(incoming) = receive.try_recv() {
            server.push(incoming);
        }
        let said = server.step();
        // a client that no longer listens is gone
        if said.iter().try_for_each(|message| message.write(output)).is_err() {
            server.push(Incoming::End);
        }
        if let Some(code) = server.over() {
            return code;
        }
    }
}
