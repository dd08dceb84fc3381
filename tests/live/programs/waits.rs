// SPDX-License-Identifier: GPL-2.0-only
// Each thread waits for ever for what it is called after, as Rust's standard library waits.
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Condvar, Mutex, Once, RwLock};
use std::thread;
use std::time::Duration;

static MUTEX: Mutex<u32> = Mutex::new(0);
static READ: RwLock<u32> = RwLock::new(0);
static WRITTEN: RwLock<u32> = RwLock::new(0);
static CONDVAR: (Mutex<u32>, Condvar) = (Mutex::new(0), Condvar::new());
static ONCE: Once = Once::new();

fn start<F: FnOnce() + Send + 'static>(name: &str, wait: F) -> thread::JoinHandle<()> {
    thread::Builder::new().name(name.into()).spawn(wait).unwrap()
}

fn park() {
    loop {
        thread::park();
    }
}

fn main() {
    let _mutex = MUTEX.lock();
    let _read = READ.read();
    let _written = WRITTEN.write();
    let _once = start("semaphore-1", || ONCE.call_once(park));
    thread::sleep(Duration::from_millis(50)); // the Once is begun by now
    let barrier = Arc::new(Barrier::new(2));
    let (_send, receive) = channel::<u32>();
    let crew = [
        start("mutex-1", || drop(MUTEX.lock())),
        start("futex-1", || ONCE.call_once(|| ())),
        start("rwlock-1", || drop(READ.write())),
        start("rwlock-2", || drop(WRITTEN.read())),
        start("condvar-1", || drop(CONDVAR.1.wait(CONDVAR.0.lock().unwrap()))),
        start("barrier-1", move || drop(barrier.wait())),
        start("semaphore-2", park),
        start("semaphore-3", move || while receive.recv().is_ok() {}),
    ];
    for one in crew {
        one.join().unwrap();
    }
}
