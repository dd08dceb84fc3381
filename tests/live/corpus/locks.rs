// SPDX-License-Identifier: GPL-2.0-only
// The same in Rust: locks SITUATION.
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

fn both_orders() {
    let locks = Arc::new([Mutex::new(0), Mutex::new(0)]);
    let both = Arc::new(Barrier::new(2));
    let start = |i: usize| {
        let (locks, both) = (locks.clone(), both.clone());
        let work = move || {
            let _first = locks[i].lock();
            both.wait();
            let _second = locks[1 - i].lock();
        };
        thread::Builder::new().name(format!("stuck-{i}")).spawn(work).unwrap()
    };
    let crew = [start(0), start(1)];
    for worker in crew {
        worker.join().unwrap();
    }
}

fn work() {
    let (send, receive) = channel();
    let worker = thread::spawn(move || receive.iter().sum::<u32>());
    for i in 0..30 {
        send.send(i).unwrap();
        thread::sleep(Duration::from_millis(10));
    }
    drop(send);
    worker.join().unwrap();
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("both-orders") => both_orders(),
        Some("work") => work(),
        _ => std::process::exit(2),
    }
}
