/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wire format: what the probes emit, what the inspector adds, what a trace holds.
 *
 * The only header compiled by both sides. Fixed-width fields, explicit padding,
 * no pointers, no bool. Every record is a whole number of 32-bit words, for the
 * codec of the trace store treats it as such (collector/trace/codec.h). Kinds are
 * append-only and never renumbered: a trace recorded today replays for ever. A
 * record may grow at its end; a shorter one from an older trace reads as zeros there.
 */
#ifndef CTRACE_EVENT_H
#define CTRACE_EVENT_H

#ifndef CTRACE_BPF
#include <linux/types.h>
#endif

/*
 * The columns: name, id, struct ev_<type>, whether a tail of len bytes follows that, and what
 * happened.
 */
/* clang-format off */
/* What the state of a program is told in, at the begin of each block; nobody else writes it. */
#define CHECKPOINT_KINDS(_) \
	_(CK_MODEL,  32, ck_model,  tail, "checkpoint: totals of the whole model")  \
	_(CK_THREAD, 33, ck_thread, bare, "checkpoint: one thread with its totals") \
	_(CK_LOCK,   34, ck_lock,   bare, "checkpoint: one lock with its totals")   \
	_(CK_PLACE,  35, ck_place,  bare, "checkpoint: who has woken waits at one place")

#define EVENT_KINDS(_) \
	_(THREAD,    1,  thread,    bare, "a thread became known: created, or met at attach")      \
	_(ADMIT,     2,  admit,     bare, "a new thread was first put on a run queue")             \
	_(EXEC,      3,  exec,      tail, "a process runs another program")                        \
	_(RENAME,    4,  rename,    bare, "a thread took another name")                            \
	_(EXIT,      5,  exit,      bare, "a thread ended")                                        \
	_(REAP,      6,  reap,      bare, "an ended thread was collected by its parent")           \
	_(SWITCH,    7,  switch,    bare, "a CPU changed threads; the previous one can still run") \
	_(BLOCK,     8,  block,     bare, "a CPU changed threads; the previous one waits")         \
	_(WAKE,      9,  wake,      bare, "a waiting thread was made ready")                       \
	_(LOST,      10, lost,      bare, "events were lost here")                                 \
	_(LOCKWORD,  11, lockword,  bare, "a lock word was read again while its waiter waited")    \
	_(OUTPUT,    12, output,    tail, "the workload wrote to its terminal")                    \
	_(NOTE,      13, note,      tail, "a marker with a note")                                  \
	_(END,       14, end,       bare, "the program that was started has ended")                \
	_(MET,       15, met,       bare, "a thread that was there before ctrace: what it does")   \
	_(LOCKNAME,  16, lockname,  tail, "a lock was found to have a name in the program")        \
	_(STACK,     17, stack,     tail, "the functions a waiting thread is in")                  \
	_(HANDLERS,  18, handlers,  bare, "which signals a waiting process would handle")          \
	_(HOLDERS,   19, holders,   tail, "the processes that could end a wait")                   \
	_(FILE,      20, file,      tail, "what a waiting thread's descriptor is, and its time")   \
	_(LOCKPAGE,  22, lockpage,  bare, "which memory a lock is in that processes may share")    \
	_(INVERSION, 23, inversion, tail, "locks were taken in both orders: a deadlock may come")  \
	_(SETFD,     24, setfd,     tail, "one descriptor of a set that a thread waits for")       \
	CHECKPOINT_KINDS(_)
/* clang-format on */

enum event_kind {
#define EVENT_KIND_ENUM(name, id, type, tail, help) EV_##name = (id),
	EVENT_KINDS(EVENT_KIND_ENUM)
#undef EVENT_KIND_ENUM
};

enum { EV_KIND_MAX = 64 }; /* every kind is below this */

enum {
	EVENT_COMM_LEN = 16,   /* TASK_COMM_LEN, include/linux/sched.h */
	EVENT_WORD_CNT = 6,    /* struct __pthread_mutex_s up to its spin count, glibc */
	EVENT_ARG_CNT = 5,     /* the sixth argument decides no wait that is decoded */
	EVENT_TAIL_MAX = 4096, /* longest tail of any kind */
};

/* hdr.flags; a bit may mean different things for different kinds. */
enum event_flag {
	EVF_PREEMPT = 1 << 0, /* SWITCH, BLOCK: taken off by the kernel, did not ask for it */
	EVF_YIELD = 1 << 1,   /* SWITCH: in sched_yield(2) */
	EVF_WOKEN = 1 << 2,   /* BLOCK: a wake-up was already under way, its WAKE came before */
	EVF_COMPAT = 1 << 3,  /* BLOCK, WAKE: nr and args are of the 32-bit system call table */
	EVF_WORDS = 1 << 4,   /* BLOCK: words[] could be read at args[0] */
	EVF_HARDIRQ = 1 << 5, /* WAKE: from a hardware interrupt (or NMI): waker_tid did nothing */
	EVF_SOFTIRQ = 1 << 6, /* WAKE: from a soft interrupt: a timer, the network */
	EVF_MET = 1 << 0,     /* THREAD: not created under our eyes; its state is Unknown */
	EVF_FOREIGN = 1 << 1, /* THREAD: not traced, only named: it woke a traced thread */
	EVF_SHARES_MEMORY = 1 << 2, /* THREAD: its process has that of its parent, by vfork(2) */
	EVF_RUNS = 1 << 3,     /* THREAD: on a CPU as this is told; else New, or Unknown if met */
	EVF_GROUP = 1 << 0,    /* EXIT: the last thread of its process */
	EVF_UNSEEN = 1 << 0,   /* REAP: it was gone for certain; how, and when, nobody saw */
	EVF_BORROWED = 1 << 0, /* LOCKNAME: by way of a waiter's variables; holds while one waits */
	EVF_TRUNCATED = 1 << 0,	 /* STACK: there are more frames, outward, that were not found */
	EVF_PENDING = 1 << 1,	 /* STACK: it is being looked for; another one will follow */
	EVF_COMPLETE = 1 << 0,	 /* HOLDERS, SETFD: nobody else; every process was seen */
	EVF_PRIVATE = 1 << 0,	 /* LOCKPAGE: no other process can map it: dev, ino, off are 0 */
	EVF_CHECKPOINT = 1 << 7, /* what the inspector found: told again, not counted */
};

/* clang-format off */
/*        name       id  word          what no inode::i_mode tells about a file */
#define FILE_KINDS(_)                           \
	_(PLAIN,     0,  "file")                \
	_(EVENTFD,   1,  "eventfd")             \
	_(TIMERFD,   2,  "timerfd")             \
	_(SIGNALFD,  3,  "signalfd")            \
	_(INOTIFY,   4,  "inotify")             \
	_(FANOTIFY,  5,  "fanotify")            \
	_(EPOLL,     6,  "epoll")               \
	_(PIDFD,     7,  "pidfd")               \
	_(IO_URING,  8,  "io_uring")            \
	_(USERFAULT, 9,  "userfaultfd")         \
	_(TERMINAL,  10, "terminal")            \
	_(DEVICE,    11, "device")
/* clang-format on */

enum file_kind {
#define FILE_KIND_ENUM(name, id, word) FILE_##name = (id),
	FILE_KINDS(FILE_KIND_ENUM)
#undef FILE_KIND_ENUM
};

/* fd_mode: inode::i_mode, and above it the enum file_kind. */
#define FD_MODE(mode, kind)   ((mode) | (__u32)(kind) << 16)
#define FD_MODE_KIND(fd_mode) ((fd_mode) >> 16)

struct ev_hdr {
	__u64 ts_ns; /* CLOCK_MONOTONIC; never runs backwards within a trace */
	__u32 tid;   /* whom the event is about, in the initial PID namespace; 0: nobody */
	__u8 kind;   /* enum event_kind */
	__u8 flags;  /* enum event_flag */
	__u16 cpu;
};

struct ev_thread {
	struct ev_hdr hdr;
	__u32 pid;	  /* process: tgid */
	__u32 parent_tid; /* the thread that created it; 0 when met */
	__u32 ppid;
	__u32 uid;
	__u64 start_ns; /* task_struct::start_boottime: with the tid, its identity */
	char comm[EVENT_COMM_LEN];
	__u32 ns_tid; /* its tid in its own PID namespace, and that of words in its memory */
	__u32 ns_id;  /* which that is, as in /proc/PID/ns/pid; 0: not known */
};

struct ev_admit {
	struct ev_hdr hdr;
};

/* Tail: the path of the program, len bytes. */
struct ev_exec {
	struct ev_hdr hdr; /* tid after the exec: that of the process */
	__u32 len;
	__u32 old_tid; /* tid before: another when not the main thread called exec */
	char comm[EVENT_COMM_LEN];
};

struct ev_rename {
	struct ev_hdr hdr;
	char comm[EVENT_COMM_LEN];
};

struct ev_exit {
	struct ev_hdr hdr;
	__u32 code; /* as wait4(2) gives it: signal in the low 7 bits, status in the next byte */
	__u32 zero;
};

struct ev_reap {
	struct ev_hdr hdr;
};

struct ev_switch {
	struct ev_hdr hdr; /* tid: the previous thread, 0 when it is not traced */
	__u32 next_tid;	   /* 0 when it is not traced */
	__u32 prev_state;  /* task_struct::__state, include/linux/sched.h */
};

struct ev_block {
	struct ev_hdr hdr;
	__u32 next_tid;
	__u32 prev_state;
	__s32 nr;		     /* the system call it is in; -1 in none: a page fault */
	__u32 words[EVENT_WORD_CNT]; /* user memory at args[0] of a futex wait */
	__u32 fd_mode; /* of the file args[0] stands for, see FD_MODE_*; 0: it is no descriptor */
	__u64 args[EVENT_ARG_CNT];
};

/* What a thread did when it was met, as in BLOCK; the model believes it unless it knows better. */
struct ev_met {
	struct ev_hdr hdr; /* cpu: where it runs or ran last */
	__u32 running;	   /* 1: it is on a CPU right now */
	__u32 state;	   /* task_struct::__state; 0 and not running: on a run queue */
	__s32 nr;
	__u32 words[EVENT_WORD_CNT];
	__u32 fd_mode;
	__u64 args[EVENT_ARG_CNT];
	__u64 since_ns;	  /* when it was last on a CPU, to some milliseconds; 0: not known */
	__u32 exit_state; /* task_struct::exit_state */
	__u32 zero;
};

struct ev_wake {
	struct ev_hdr hdr; /* tid: who is woken */
	__u32 waker_tid;   /* who ran when it happened; 0: the idle task */
	__s32 nr;	   /* the system call the waker is in, or -1 */
	__u64 args[2];
};

enum lost_cause {
	LOST_RING_FULL = 1, /* the ring buffer had no room */
	LOST_STORAGE = 2,   /* no memory to remember that a thread is traced */
	LOST_HISTORY = 3,   /* the store could not keep it */
	LOST_CAUSE_MAX = 4,
};

struct ev_lost {
	struct ev_hdr hdr;
	__u32 cause; /* enum lost_cause */
	__u32 zero;
	__u64 cnt;
};

struct ev_lockword {
	struct ev_hdr hdr; /* tid: the waiter */
	__s32 err;	   /* 0, or -errno: the word could not be read */
	__u32 words[EVENT_WORD_CNT];
	__u32 readers; /* of a rwlock that is to be written: its first word; 0: not read */
	__u64 address;
};

/* Tail: the name, len bytes: an expression such as table.fork[1]. */
struct ev_lockname {
	struct ev_hdr hdr; /* tid: the process; 0: the lock is shared between processes */
	__u64 address;
	__u32 len;
	__u32 holds_ns; /* with EVF_BORROWED: also when nobody waits, for this long; or 0 */
};

/*
 * Tail: len bytes, one frame per line, innermost first: "eat forks.c:31"; none: nothing was
 * found. Of an owner that was read from a lock word nothing is claimed while one is pending.
 */
struct ev_stack {
	struct ev_hdr hdr; /* tid: the waiter */
	__u32 len;
	__u32 zero;
};

/*
 * Of SigCgt in /proc/PID/status what is not blocked in every thread (once it was all of SigCgt):
 * a handler may do anything, also wake a thread.
 */
struct ev_handlers {
	struct ev_hdr hdr; /* tid: the process */
	__s32 err;	   /* 0, or -errno: it could not be read */
	__u32 zero;
	__u64 caught;  /* bit n - 1: signal n */
	__u64 read_ns; /* 0: when the event says; else told again in a checkpoint */
};

/*
 * Who has the other end of the pipe, holds the file lock, or is the child waited for.
 * Tail: len bytes, a __u32 for each process: its tgid in the initial PID namespace.
 */
struct ev_holders {
	struct ev_hdr hdr; /* tid: the waiter */
	__s32 err;	   /* 0, or -errno: it could not be found out */
	__u32 len;
	__u64 read_ns; /* 0: when the event says; else told again in a checkpoint */
};

/*
 * Tail: len bytes of text: "pipe:[4711] (read end)", "tcp 127.0.0.1:5000 > 127.0.0.1:80",
 * "epoll: fd 5 socket, fd 7 eventfd"; none when only until_ns is known.
 */
struct ev_file {
	struct ev_hdr hdr; /* tid: the waiter */
	__s32 err;	   /* 0, or -errno: it could not be found out */
	__u32 len;
	__u64 until_ns; /* when time will end the wait at the latest; 0: never, or not known */
};

enum {
	SETFD_MAX = 8,	   /* of a set so many are told */
	SETFD_PID_MAX = 4, /* and of one so many processes */
};

/*
 * One of those that poll, select or epoll wait for, and who has its other end. They come one after
 * the other, from the first; one with cnt 0 tells that there is none. Tail: len bytes of text, as
 * of ev_file: "pipe:[4711] (read end)".
 */
struct ev_setfd {
	struct ev_hdr hdr; /* tid: the waiter */
	__u32 idx;	   /* in the set, from 0 */
	__u32 cnt;	   /* how many the set has */
	__u32 fd;
	__u32 access;  /* enum probe_access: what it is to be ready for */
	__u32 pid_cnt; /* processes that could make it so; as many as fit are in pids */
	__u32 len;
	__u32 pids[SETFD_PID_MAX];
};

/*
 * Where the word is that a thread waits on without FUTEX_PRIVATE_FLAG. Processes may map it at
 * different addresses; one that is not private is told from others by dev, ino and off.
 */
struct ev_lockpage {
	struct ev_hdr hdr; /* tid: the waiter; 0: of no wait, but known (in a checkpoint) */
	__u32 pid;	   /* in which it is at address */
	__u32 lock_pid;	   /* and which and where it is for the model (in a checkpoint) */
	__u64 address;
	__u64 lock_address;
	__u64 dev; /* as stat(2) has it */
	__u64 ino;
	__u64 off; /* of the word, in the file */
};

/*
 * Tail: len bytes of text, a line for each step of the cycle, its fields separated by tabs: tid,
 * name of the thread, lock that it took, functions that took it, lock that it took then, the
 * functions that took that. Functions are innermost first, separated by " < ".
 */
struct ev_inversion {
	struct ev_hdr hdr; /* tid: the process */
	__u32 len;
	__u32 zero;
	__u64 found_ns; /* 0: when the event says; else told again in a checkpoint */
};

/* Tail: len bytes, as written. */
struct ev_output {
	struct ev_hdr hdr;
	__u32 len;
	__u32 zero;
};

/* Tail: len bytes of text. */
struct ev_note {
	struct ev_hdr hdr;
	__u32 len;
	__u32 zero;
};

struct ev_end {
	struct ev_hdr hdr; /* tid: the process */
	__u32 code;	   /* as wait4(2) gives it */
	__u32 zero;
};

/* The checkpoints carry what collector/model/checkpoint.c folds out of the model. */

struct ev_ck_model {
	struct ev_hdr hdr;
	__u32 thread_cnt; /* CK_THREAD records that follow */
	__u32 lock_cnt;	  /* CK_LOCK records that follow */
	__u64 event_cnt;  /* events applied so far */
	__u64 lost[LOST_CAUSE_MAX];
	__u64 begin_ns;
	__u64 output_total;
	__u32 cpu_cnt;
	__u32 end_code;
	__u32 ended;
	__u32 len; /* Tail: the last output of the workload */
};

enum { EVENT_STATE_MAX = 12, EVENT_REASON_MAX = 32 }; /* room for collector/model/state.h */

struct ev_ck_thread {
	struct ev_hdr hdr; /* cpu: where it runs or ran last */
	__u32 pid;
	__u32 parent_tid;
	__u32 ppid;
	__u32 uid;
	__u64 start_ns;
	char comm[EVENT_COMM_LEN];
	__u32 state; /* enum thread_state; in the second byte enum ready_cause */
	__u32 flags; /* enum thread_flag */
	__u64 since_ns;
	__u64 created_ns;
	__u64 ended_ns;
	__u32 exit_code;
	__u32 switch_cnt;
	__u32 preempt_cnt;
	__u32 wake_cnt;
	__u32 migrate_cnt;
	__u32 waker_tid;
	__s32 waker_nr;
	__u32 waker_flags;
	__u64 waker_ns;
	__u64 state_ns[EVENT_STATE_MAX];
	__u64 reason_ns[EVENT_REASON_MAX];
	/* The wait: as in ev_block. */
	__u32 wait_flags;
	__u32 wait_prev_state;
	__s32 wait_nr;
	__u32 wait_words[EVENT_WORD_CNT];
	__u32 wait_fd_mode;
	__u32 wait_reason;
	__u32 wait_readers; /* as in ev_lockword */
	__u64 wait_since_ns;
	__u64 wait_args[EVENT_ARG_CNT];
	__u64 wait_read_ns;    /* when words were read last */
	__u64 wait_confirm_ns; /* when the inspector read them last; 0: never */
	__u32 ns_tid;
	__u32 ns_id;
	__u32 pushed_by; /* who took the CPU of a preempted one; 0: not known */
	__u32 zero;
};

struct ev_ck_lock {
	struct ev_hdr hdr; /* tid: the process */
	__u64 address;
	/* enum wait_reason; in the second byte 1: processes share it, 2: its words tell no owner */
	__u32 kind;
	__u32 owner_tid;
	__u32 evidence;
	__u32 wait_cnt;
	__u32 handoff_cnt;
	__u32 waker_tid;
	__u64 read_ns;
	__u64 wait_ns;
	__u64 max_wait_ns;
	__u32 max_wait_tid;
	__u32 hold_cnt;
	__u64 owner_since_ns;
	__u64 hold_ns;
	__u64 max_hold_ns;
	__u64 confirm_ns; /* when its words were last read again; 0: not yet */
	__u32 told_tid;	  /* whose stack tells that they are those of a lock; 0: nobody's */
	__u32 zero;
};

enum { EVENT_WAKER_CNT = 4 };

struct ev_ck_place {
	struct ev_hdr hdr; /* tid: the process */
	__s32 nr;	   /* the system call of the waits there; -1: a futex */
	__u32 fd_mode;
	__u64 arg; /* its first argument; of a futex the address of the lock */
	__u64 last_ns;
	__u32 total;
	__u32 zero;
	__u32 tid[EVENT_WAKER_CNT]; /* the wakers */
	__u32 cnt[EVENT_WAKER_CNT];
	__u64 start_ns[EVENT_WAKER_CNT];
};

/* Counters of the probes, one set per CPU: generated = stored + lost, exactly. */
struct probe_counters {
	__u64 generated;
	__u64 lost[LOST_CAUSE_MAX];
	__u64 pad[3]; /* one cache line each */
};

/* Registers by their DWARF numbers: System V ABI, AMD64 supplement, figure 3.36. */
enum {
	PREG_RAX,
	PREG_RDX,
	PREG_RCX,
	PREG_RBX,
	PREG_RSI,
	PREG_RDI,
	PREG_RBP,
	PREG_RSP,
	PREG_R8,
	PREG_R9,
	PREG_R10,
	PREG_R11,
	PREG_R12,
	PREG_R13,
	PREG_R14,
	PREG_R15,
	PREG_RIP, /* the number of the return address */
	PREG_CNT,
};

enum probe_place {
	PROBE_OFF_CPU,
	PROBE_ON_CPU,
	PROBE_LEAVING, /* it is on one yet, and about to wait; or not even that */
	PROBE_ENDED,
};

/* What a thread that waits had in its registers when it entered the kernel. */
struct probe_registers {
	__u32 tid;
	__u32 pid;
	__u32 state;	 /* task_struct::__state; 0: it does not wait, and this is nothing */
	__u32 is_compat; /* a 32-bit system call: these are not 64-bit registers */
	__u32 place;	 /* enum probe_place */
	__s32 nr;	 /* the system call it is in */
	__u64 regs[PREG_CNT];
};

enum { PROBE_MEMORY_MAX = 4096 };

/* What is to be read of the memory of a thread, and what was read. */
struct probe_memory {
	__u32 tid;
	__u32 len;
	__u64 address;
	__s64 err; /* 0, or -errno */
	__u8 bytes[PROBE_MEMORY_MAX];
};

enum {
	PROBE_STACK_SZ = 4096,
	PROBE_CATCH_MAX = 4, /* locks whose next wait is caught */
};

enum probe_catch_state {
	PROBE_CATCH_FREE = 0,
	PROBE_CATCH_WANTED, /* by user space, which has filled in pid and address */
	PROBE_CATCH_TAKING,
	PROBE_CATCH_TAKEN, /* the rest is filled in */
};

/* A short wait that was caught as it began: what its stack was then. */
struct probe_catch {
	__u32 state; /* enum probe_catch_state */
	__u32 pid;
	__u64 address; /* of the lock */
	__u32 tid;     /* who waited */
	__u32 stack_len;
	__u64 regs[PREG_CNT];
	__u8 stack[PROBE_STACK_SZ]; /* from PREG_RSP upward, stack_len bytes of it */
};

enum probe_access {
	PROBE_READ = 1 << 0, /* FMODE_READ and FMODE_WRITE, include/linux/fs.h */
	PROBE_WRITE = 1 << 1,
};

/* A descriptor of a process. Of a socket a struct probe_socket follows. */
struct probe_file {
	__u64 file; /* tells one open file from another; shared by dup(2) and fork(2) */
	__u64 ino;  /* inode::i_ino */
	__u32 pid;  /* the process: tgid */
	__u32 fd;
	__u32 dev; /* as in the kernel: 20 bits of minor number */
	__u32 fd_mode;
	__u32 access;	/* enum probe_access */
	__u32 is_named; /* a FIFO: whoever knows its name can open it */
	__u32 readers;	/* open files at the ends of a pipe, wherever they are */
	__u32 writers;	/* of an eventfd: who in the kernel can write it, its file included */
	__u32 refs;	/* to the open file: descriptors, calls, and that of the reading itself */
	__u32 sent;	/* files of the user of the process that are on their way in Unix sockets */
};

/* A part of a file that a process has mapped to share it with others, perhaps to read it only. */
struct probe_mapping {
	__u32 pid; /* the process: tgid */
	__u32 dev; /* as in struct probe_file */
	__u64 ino;
	__u64 off; /* in the file, of its first byte */
	__u64 len;
};

/* Addresses and ports as in the packet; a Unix socket has a name instead. */
struct probe_socket {
	__u64 sock;
	__u64 peer; /* the other one of a Unix socket, or 0 */
	__u64 net;  /* its network; of a Unix socket its name, which those it accepted share */
	__u16 family, type, protocol;
	__u8 state;	       /* TCP_ESTABLISHED and so on, include/net/tcp_states.h */
	__u8 is_timed;	       /* enum probe_access: with SO_RCVTIMEO, with SO_SNDTIMEO */
	__u16 port, peer_port; /* host order */
	__u32 name_len;	       /* of the whole name, which may be longer than name[] */
	union {
		struct {
			__u8 address[16], peer_address[16]; /* 4 bytes of them for IPv4 */
		};
		char name[32]; /* as far as it goes; the first byte may be 0 */
	};
};

/*
 * What is told of locks with --order, through a ring of its own. None of it is in a trace:
 * it is what collector/inspect/order.h finds inversions from.
 */
enum order_kind {
	ORDER_EDGE = 1, /* struct order_edge: address is wanted while others are held */
	ORDER_FORK,	/* other_tid was created */
	ORDER_JOIN,	/* other_tid was joined, or will be before anything else is done */
	ORDER_FORGET,	/* what is at address is another lock from now on, or none */
	ORDER_MET,	/* tid ran before the probes were there: what it holds is not known */
	ORDER_RELEASE,	/* address was given back by tid, which was not seen to take it */
	ORDER_PROCESS,	/* other_tid is a process, too, and was forked by tid */
	ORDER_EXEC,	/* process pid is another program from now on */
	ORDER_EXIT,	/* process pid has ended, and was forked by process other_tid */
};

enum order_flag {
	ORDER_SHARED = 1 << 0,	/* to read */
	ORDER_MAYBE = 1 << 1,	/* tried for, or with a time-out: it may not be held */
	ORDER_LASTING = 1 << 2, /* no other lock can have been there before: see order.bpf.c */
	ORDER_OPAQUE = 1 << 3,	/* its words do not tell who has it */
};

enum {
	ORDER_HELD_MAX = 8,
};

/* Where a lock is that processes share. */
struct order_page {
	__u64 ino; /* 0: it is not shared */
	__u64 dev; /* as in the kernel */
	__u64 off; /* of the lock, in the file */
};

struct order_hdr {
	__u64 ts_ns;
	__u32 kind; /* enum order_kind */
	__u32 tid;
	__u32 pid;
	__u32 other_tid;
	__u64 address;
	struct order_page page;
};

struct order_lock {
	__u64 address;
	__u64 caller; /* where the call that took it returns to */
	__u32 flags;  /* enum order_flag */
	__u32 cnt;    /* how often it is held: recursive locks */
	struct order_page page;
};

struct order_edge {
	struct order_hdr hdr;
	__u32 flags; /* of the lock that is wanted */
	__u32 held_cnt;
	struct order_lock held[ORDER_HELD_MAX];
	__u64 regs[PREG_CNT]; /* at the first instruction of the function that locks */
	__u64 code_start;     /* mm_struct::start_code: tells programs and their places apart */
	__u32 stack_len;
	__u32 zero;
	__u8 stack[PROBE_STACK_SZ]; /* from PREG_RSP upward, stack_len bytes of it */
};

/* What a probed function does, and in which C library: the cookie of its probe. */
enum order_call {
	ORDER_CALL_LOCK = 1,
	ORDER_CALL_TRY, /* or with a time-out */
	ORDER_CALL_UNLOCK,
	ORDER_CALL_RENEW,
	ORDER_CALL_JOIN,
	ORDER_CALL_WAIT, /* on a condition variable: the mutex is given back and taken again */
	ORDER_CALL_MASK = 0xff,
	ORDER_CALL_READ = 1 << 8,    /* to read */
	ORDER_CALL_MUTEX = 1 << 9,   /* of a mutex, whose words tell its type and owner */
	ORDER_CALL_MUSL = 1 << 10,   /* where these words are elsewhere */
	ORDER_CALL_CREATE = 1 << 11, /* RENEW: init, not destroy */
	ORDER_CALL_SET_SHIFT = 16,   /* the rest is the number of the set of probes */
	ORDER_SET_MAX = 64,
};

enum {
	PROBE_CPU_MAX = 1024, /* sets of counters; CPUs beyond share them */
	PROBE_SYSCALL_MAX = 512,
	PROBE_PATH_MAX = 128,	     /* of the path in an EXEC event */
	PROBE_TARGET_MAX = 64,	     /* processes that can be named to attach to */
	PROBE_BELOW_MAX = 1 << 15,   /* all that are met with their children */
	PROBE_WANTED_MAX = 512,	     /* threads that are looked at at once */
	PROBE_WANTED_BITS = 1 << 16, /* one for each tid, modulo this, that may be one of them */
};

/* What a process is to the snapshot; one that is not listed is what its parent says. */
enum probe_target {
	PROBE_LEFT_OUT = 0, /* it is not met, nor is what is below it */
	PROBE_PASSED = 1,   /* it is not met, but its children are */
	PROBE_TAKEN = 2,
};

/* Whom a round of the snapshot is for. */
enum probe_meet {
	PROBE_MEET_TARGETS, /* the threads of the processes that are attached to */
	PROBE_MEET_NAMES,   /* the traced threads whose THREAD event was lost */
	PROBE_MEET_AGAIN,   /* the traced threads that are wanted, for events of theirs were lost */
};

#define EVENT_SIZE_IS(type, size) \
	_Static_assert(sizeof(struct type) == (size), "wire format changed")
EVENT_SIZE_IS(ev_hdr, 16);
EVENT_SIZE_IS(ev_thread, 64);
EVENT_SIZE_IS(ev_admit, 16);
EVENT_SIZE_IS(ev_exec, 40);
EVENT_SIZE_IS(ev_rename, 32);
EVENT_SIZE_IS(ev_exit, 24);
EVENT_SIZE_IS(ev_reap, 16);
EVENT_SIZE_IS(ev_switch, 24);
EVENT_SIZE_IS(ev_block, 96);
EVENT_SIZE_IS(ev_met, 112);
EVENT_SIZE_IS(ev_wake, 40);
EVENT_SIZE_IS(ev_lost, 32);
EVENT_SIZE_IS(ev_lockword, 56);
EVENT_SIZE_IS(ev_lockname, 32);
EVENT_SIZE_IS(ev_stack, 24);
EVENT_SIZE_IS(ev_handlers, 40);
EVENT_SIZE_IS(ev_holders, 32);
EVENT_SIZE_IS(ev_file, 32);
EVENT_SIZE_IS(ev_lockpage, 64);
EVENT_SIZE_IS(ev_setfd, 56);
EVENT_SIZE_IS(ev_inversion, 32);
EVENT_SIZE_IS(ev_output, 24);
EVENT_SIZE_IS(ev_note, 24);
EVENT_SIZE_IS(ev_end, 24);
EVENT_SIZE_IS(probe_registers, 160);
EVENT_SIZE_IS(probe_catch, 4256);
EVENT_SIZE_IS(probe_file, 56);
EVENT_SIZE_IS(probe_mapping, 32);
EVENT_SIZE_IS(probe_socket, 72);
EVENT_SIZE_IS(order_hdr, 56);
EVENT_SIZE_IS(order_lock, 48);
EVENT_SIZE_IS(order_edge, 4696);
EVENT_SIZE_IS(ev_ck_model, 96);
EVENT_SIZE_IS(ev_ck_thread, 608);
EVENT_SIZE_IS(ev_ck_lock, 120);
EVENT_SIZE_IS(ev_ck_place, 112);
#undef EVENT_SIZE_IS

#endif /* CTRACE_EVENT_H */
