//! A pooler in transaction mode in front of a PostgreSQL server: it gives each transaction of a
//! client to the session that was released last. It knows where protocol messages end and when a
//! session is free; it must not know their contents.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The codes of messages before a connection begins: the client asks for encryption.
const ENCRYPTION: [u32; 2] = [80_877_103, 80_877_104];

/// A pooler that runs until the process ends.
#[derive(Clone, Debug)]
pub struct Pooler {
    url: String,
}

impl Pooler {
    /// A pooler in front of the server of this URL.
    ///
    /// # Panics
    ///
    /// When no port is free, or the URL names no host with a port.
    #[must_use]
    pub fn before(url: &str) -> Pooler {
        let address = url
            .rsplit_once('@')
            .and_then(|(_, rest)| rest.split('/').next())
            .expect("a URL with a user, a host and a port")
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let own = listener.local_addr().expect("it is bound").to_string();
        let pool = Arc::new(Mutex::new(Vec::new()));
        let server = address.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, pool) = (server.clone(), Arc::clone(&pool));
                // an error of one client's connection does not affect the others
                thread::spawn(move || serve(client, &server, &pool).ok());
            }
        });
        Pooler {
            url: url.replacen(&address, &own, 1),
        }
    }

    /// The URL of the pooler.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

type Pool = Mutex<Vec<TcpStream>>;

fn serve(mut client: TcpStream, server: &str, pool: &Pool) -> io::Result<()> {
    client.set_nodelay(true)?;
    let (session, ready) = begin(&mut client, server)?;
    let mut session = Some(session);
    release(&mut session, pool);
    client.write_all(&ready)?;
    loop {
        let message = read_message(&mut client)?;
        let kind = message[0];
        if kind == b'X' {
            return Ok(());
        }
        if session.is_none() {
            session = pool.lock().unwrap_or_else(PoisonError::into_inner).pop();
        }
        let Some(held) = &mut session else {
            return Err(io::Error::other("every session is in use"));
        };
        held.write_all(&message)?;
        // a query, or the end of a group of messages: now the server answers
        if matches!(kind, b'Q' | b'S') {
            let ready = relay_answer(held, &mut client)?;
            // before the client learns that it can go on: the next one may ask at once
            if ready[5] == b'I' {
                release(&mut session, pool);
            }
            client.write_all(&ready)?;
        }
    }
}

fn release(session: &mut Option<TcpStream>, pool: &Pool) {
    if let Some(session) = session.take() {
        pool.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(session);
    }
}

/// A new session for a client that connects, and the message that it is ready, which the client
/// does not have yet; the client authenticates itself to the server.
fn begin(client: &mut TcpStream, server: &str) -> io::Result<(TcpStream, Vec<u8>)> {
    let mut session = TcpStream::connect(server)?;
    session.set_nodelay(true)?;
    loop {
        let mut length = [0; 4];
        client.read_exact(&mut length)?;
        let mut body = vec![0; (u32::from_be_bytes(length) as usize).saturating_sub(4)];
        client.read_exact(&mut body)?;
        let code = body
            .get(..4)
            .map(|code| u32::from_be_bytes([code[0], code[1], code[2], code[3]]));
        if code.is_some_and(|code| ENCRYPTION.contains(&code)) {
            client.write_all(b"N")?;
            continue;
        }
        session.write_all(&length)?;
        session.write_all(&body)?;
        break;
    }
    loop {
        let message = read_message(&mut session)?;
        if message[0] == b'Z' {
            return Ok((session, message));
        }
        client.write_all(&message)?;
        match message[0] {
            // all authentication messages but the last ones need an answer
            b'R' if !matches!(message[5..9], [0, 0, 0, 0 | 12]) => {
                let answer = read_message(client)?;
                session.write_all(&answer)?;
            }
            _ => {}
        }
    }
}

/// Forwards the server's messages until it is ready; returns the message that says so, with the
/// state of the transaction.
fn relay_answer(session: &mut TcpStream, client: &mut TcpStream) -> io::Result<Vec<u8>> {
    loop {
        let message = read_message(session)?;
        if message[0] == b'Z' {
            return Ok(message);
        }
        client.write_all(&message)?;
    }
}

/// A message: a letter, its length, and its bytes.
fn read_message(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = [0; 5];
    from.read_exact(&mut head)?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    let mut message = head.to_vec();
    message.resize((length + 1).max(5), 0);
    from.read_exact(&mut message[5..])?;
    Ok(message)
}
