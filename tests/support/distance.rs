//! A server that is far away: a proxy in front of it delays what is sent, in each direction, and
//! counts round trips and bytes. It knows no protocol, and must not know what is measured.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// A proxy that runs until the process ends.
#[derive(Clone, Debug)]
pub struct Distance {
    url: String,
    counters: Arc<Counters>,
}

/// What went through a proxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How often the server answered a client that had sent something since its last answer.
    pub round_trips: u64,
    /// The bytes in both directions.
    pub bytes: u64,
    /// The connections that were opened.
    pub connections: u64,
}

#[derive(Debug, Default)]
struct Counters {
    round_trips: AtomicU64,
    bytes: AtomicU64,
    connections: AtomicU64,
}

impl Distance {
    /// A proxy in front of the server of this URL, which delays each byte in each direction.
    ///
    /// # Panics
    ///
    /// When no port is free, or the URL names no host with a port.
    #[must_use]
    pub fn before(url: &str, delay: Duration) -> Distance {
        let address = url
            .rsplit_once('@')
            .and_then(|(_, rest)| rest.split(['/', '?']).next())
            .expect("a URL with a user, a host and a port")
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let own = listener.local_addr().expect("it is bound").to_string();
        let counters = Arc::new(Counters::default());
        let (server, counted) = (address.clone(), Arc::clone(&counters));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                counted.connections.fetch_add(1, Ordering::Relaxed);
                // an error of one client's connection does not affect the others
                let _ = connect(client, &server, delay, &counted);
            }
        });
        Distance {
            url: url.replacen(&address, &own, 1),
            counters,
        }
    }

    /// The URL of the server behind the proxy.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What went through since the last call.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        Traffic {
            round_trips: self.counters.round_trips.swap(0, Ordering::Relaxed),
            bytes: self.counters.bytes.swap(0, Ordering::Relaxed),
            connections: self.counters.connections.swap(0, Ordering::Relaxed),
        }
    }
}

/// Who sent the last byte of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
}

fn connect(
    client: TcpStream,
    server: &str,
    delay: Duration,
    counters: &Arc<Counters>,
) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let last = Arc::new(Mutex::new(Side::Server));
    let ends = [
        (Side::Client, client.try_clone()?, server.try_clone()?),
        (Side::Server, server, client),
    ];
    for (side, from, to) in ends {
        let (last, counters) = (Arc::clone(&last), Arc::clone(counters));
        let count = move |bytes: usize| {
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            counters.bytes.fetch_add(bytes, Ordering::Relaxed);
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if (*last, side) == (Side::Client, Side::Server) {
                counters.round_trips.fetch_add(1, Ordering::Relaxed);
            }
            *last = side;
        };
        match delay.is_zero() {
            true => drop(thread::spawn(move || pass(from, to, count))),
            false => pass_later(from, to, delay, count),
        }
    }
    Ok(())
}

/// Passes on what is read, at once.
fn pass(mut from: TcpStream, mut to: TcpStream, count: impl Fn(usize)) {
    let mut buffer = [0; 1 << 16];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        count(read);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write); // the other side may have done it
}

/// Passes on what is read, each part after the delay.
fn pass_later(
    mut from: TcpStream,
    mut to: TcpStream,
    delay: Duration,
    count: impl Fn(usize) + Send + 'static,
) {
    let (sender, parts) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = [0; 1 << 16];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            count(read);
            let part = (Instant::now() + delay, buffer[..read].to_vec());
            if sender.send(part).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (at, part) in parts {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            if to.write_all(&part).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write); // the other side may have done it
    });
}
