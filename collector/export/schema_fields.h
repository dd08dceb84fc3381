/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every field of every JSON object, for schema.c alone.
 *
 * A type is int, signed, bool, text, tid, address, the name of a set of words (state,
 * reason, evidence), "@object", "=the one value there is", or "[" and the type of the
 * items. A '?' before it: null when that is not known.
 */
#ifndef CTRACE_EXPORT_SCHEMA_FIELDS_H
#define CTRACE_EXPORT_SCHEMA_FIELDS_H

/* Objects that stand for themselves: one line of the events, or a document. */
#define SCHEMA_TOPS(_)                                          \
	_(head, "the first line of export --format=jsonl")      \
	_(gap, "a line in place of events that cannot be read") \
	_(report, "report --json, check --json")                \
	_(info, "info --json")

#define SCHEMA_META(_, object)                                                \
	_(object, ctrace, "text", "the ctrace that wrote this")               \
	_(object, recorded_by, "?text", "the ctrace that recorded the trace") \
	_(object, command, "?[text", "the program and its arguments")         \
	_(object, kernel, "?text", "its release")                             \
	_(object, machine, "?text", "processor architecture")

#define SCHEMA_HEAD(_)                                                         \
	_(head, schema, "=ctrace.events/1", "what it is")                      \
	SCHEMA_META(_, head)                                                   \
	_(head, start_ns, "int", "CLOCK_MONOTONIC when the recording began")   \
	_(head, realtime_ns, "int", "the same moment, since 1970 UTC")         \
	_(head, from_ns, "int", "begin of the window, counted from the start") \
	_(head, to_ns, "int", "its end")                                       \
	_(head, first_event, "int", "that is kept: its number")                \
	_(head, events, "int", "that the whole trace has")                     \
	_(head, lost, "int", "events that are missing in it")                  \
	_(head, truncated, "bool", "the file was not closed")                  \
	_(gap, kind, "=gap", "what it is")                                     \
	_(gap, text, "text", "in words")

/* What all events have; those of a kind with the name of the kind follow. */
#define SCHEMA_EVENT(_)                                       \
	_(event, n, "int", "number of the event")             \
	_(event, t_ns, "int", "time, counted from the start") \
	_(event, cpu, "int", "the CPU it was seen on")        \
	_(event, kind, "kind", "what happened")               \
	_(event, tid, "?tid", "the thread it is about")       \
	_(event, name, "?text", "its name")                   \
	_(event, text, "?text", "in words")

#define SCHEMA_KINDS(_)                                                             \
	_(thread, pid, "int", "its process")                                        \
	_(thread, ppid, "int", "the parent of that")                                \
	_(thread, created_by, "?tid", "the thread that created it")                 \
	_(thread, uid, "int", "its user")                                           \
	_(thread, met, "bool", "it was there before ctrace")                        \
	_(thread, foreign, "bool", "it is not traced, but wakes threads that are")  \
	_(thread, running, "bool", "it is on a CPU: a program that ctrace started") \
	_(exec, path, "text", "the program")                                        \
	_(exec, old_tid, "?tid", "its tid before")                                  \
	_(exec, new_name, "text", "its name from now on")                           \
	_(rename, new_name, "text", "its name from now on")                         \
	_(exit, status, "?int", "of its end, unless a signal killed it")            \
	_(exit, signal, "?int", "that killed it")                                   \
	_(exit, last, "bool", "it is the last of its process")                      \
	_(switch, how, "?text", "preempted, yielded or gone; null: not traced")     \
	_(switch, next_tid, "?tid", "who runs now; null: nobody that is traced")    \
	_(switch, next_name, "?text", "its name")                                   \
	_(block, waits_for, "?@event_wait", "null: it was woken already, or stops") \
	_(block, woken, "bool", "a wake-up came before it blocked")                 \
	_(block, next_tid, "?tid", "who runs now; null: nobody that is traced")     \
	_(block, next_name, "?text", "its name")                                    \
	_(wake, waker_tid, "?tid", "who woke it; null: an interrupt, or not known") \
	_(wake, waker_name, "?text", "its name")                                    \
	_(wake, syscall, "?text", "the waker was in")                               \
	_(wake, irq, "?text", "hard or soft: the interrupt that woke it")           \
	_(lost, cause, "text", "ring_full, storage, history or other")              \
	_(lost, count, "int", "events that are missing here")                       \
	_(lockword, error, "?int", "errno, when it could not be read")              \
	_(lockword, address, "address", "of the word")                              \
	_(lockword, readers, "?int", "that keep the rwlock from being written")     \
	_(lockword, waits_for, "?@event_wait", "what is known now")                 \
	_(output, output, "text", "what the program wrote")                         \
	_(note, note, "text", "a marker's note")                                    \
	_(end, status, "?int", "of the program, unless a signal killed it")         \
	_(end, signal, "?int", "that killed it")                                    \
	_(met, state, "?state", "it was found in")                                  \
	_(met, waits_for, "?@event_wait", "when it was found blocked")              \
	_(lockname, address, "address", "of the lock")                              \
	_(lockname, lock, "text", "how the program calls it")                       \
	_(lockname, borrowed, "bool", "the name holds while one waits")             \
	_(stack, stack, "[text", "the functions it is in, innermost first")         \
	_(stack, truncated, "bool", "there are more")                               \
	_(stack, pending, "bool", "it is being looked for, and will be told")       \
	_(holders, error, "?int", "errno, when it could not be found out")          \
	_(holders, pids, "[int", "the processes that could end the wait")           \
	_(holders, complete, "bool", "nobody else could")                           \
	_(file, error, "?int", "errno, when it could not be found out")             \
	_(file, file, "?text", "what the descriptor is, or those of the set are")   \
	_(file, left_ns, "?int", "until time ends the wait")                        \
	_(setfd, index, "int", "in the set, from 0")                                \
	_(setfd, count, "int", "how many the set has")                              \
	_(setfd, fd, "int", "the descriptor")                                       \
	_(setfd, for, "text", "read, write or both: what it is to be ready for")    \
	_(setfd, file, "text", "what it is")                                        \
	_(setfd, pids, "[int", "processes that could make it ready, the first of")  \
	_(setfd, pid_count, "int", "how many these are")                            \
	_(setfd, complete, "bool", "nobody else could")                             \
	_(lockpage, pid, "int", "the process that waits")                           \
	_(lockpage, address, "address", "of the word, in that")                     \
	_(lockpage, private, "bool", "no other process can map it")                 \
	_(lockpage, device, "?int", "of the file that is mapped")                   \
	_(lockpage, inode, "?int", "of that")                                       \
	_(lockpage, offset, "?int", "of the word, in that")                         \
	_(inversion, steps, "[@inversion_step", "of the cycle")

#define SCHEMA_WAITS(_)                                         \
	_(event_wait, kind, "reason", "one word")               \
	_(event_wait, syscall, "?text", "it is blocked in")     \
	_(event_wait, address, "?address", "of the lock")       \
	_(event_wait, name, "?text", "of the lock")             \
	_(event_wait, fd, "?int", "the descriptor it waits on") \
	_(event_wait, timed, "bool", "time alone will end it")  \
	_(event_wait, held_by, "?tid", "whom it waits for")     \
	_(event_wait, holder, "?text", "the name of that")      \
	_(event_wait, evidence, "evidence", "how that is known")

#define SCHEMA_INVERSION(_)                                                \
	_(inversion_step, tid, "tid", "who took two locks")                \
	_(inversion_step, name, "text", "of that")                         \
	_(inversion_step, first, "text", "the lock it took first")         \
	_(inversion_step, first_at, "[text", "functions, innermost first") \
	_(inversion_step, then, "text", "the lock it took then")           \
	_(inversion_step, then_at, "[text", "functions, innermost first")

#define SCHEMA_REPORT(_)                                                                  \
	_(report, schema, "=ctrace.report/1", "what it is")                               \
	_(report, ctrace, "text", "the ctrace that wrote this")                           \
	_(report, command, "?[text", "the program and its arguments")                     \
	_(report, kernel, "?text", "its release")                                         \
	_(report, start_ns, "int", "CLOCK_MONOTONIC when the recording began")            \
	_(report, duration_ns, "int", "of the recording")                                 \
	_(report, events, "int", "that it has")                                           \
	_(report, first_event, "int", "that is kept: as many before it are not")          \
	_(report, first_ns, "?int", "its time; times and counts include what was before") \
	_(report, lost, "@report_lost", "events that are missing in it")                  \
	_(report, truncated, "bool", "the file was not closed")                           \
	_(report, exit, "@report_exit", "how the program ended")                          \
	_(report, verdict, "@report_verdict", "what is wrong")                            \
	_(report, state_ns, "?int", "the moment that threads and locks are shown at")     \
	_(report, threads_complete, "bool", "no thread that ended is left out")           \
	_(report, threads, "[@report_thread", "by age")                                   \
	_(report, locks, "[@report_lock", "by the time lost on them")                     \
	_(report_lost, total, "int", "for whatever cause")                                \
	_(report_exit, status, "?int", "unless a signal killed it")                       \
	_(report_exit, signal, "?int", "that killed it")                                  \
	_(report_verdict, kind, "text", "one word")                                       \
	_(report_verdict, at_ns, "?int", "since when it is so")                           \
	_(report_verdict, sentence, "text", "in words")                                   \
	_(report_verdict, cycle, "[@report_edge", "its proof")                            \
	_(report_verdict, inversions, "[@report_inversion", "what --order has found")     \
	_(report_inversion, pid, "tid", "the process")                                    \
	_(report_inversion, at_ns, "?int", "when it was found")                           \
	_(report_inversion, steps, "[@inversion_step", "of the cycle")                    \
	_(report_edge, tid, "tid", "who waits")                                           \
	_(report_edge, name, "?text", "of that")                                          \
	_(report_edge, waits_for, "@report_object", "for what")                           \
	_(report_edge, held_by, "tid", "for whom")                                        \
	_(report_edge, evidence, "evidence", "how that is known")                         \
	_(report_edge, since_ns, "?int", "since when")                                    \
	_(report_edge, confirmed_ns, "?int", "when that was read again")                  \
	_(report_edge, stack, "?[text", "the functions it is in, innermost first")        \
	_(report_edge, stack_truncated, "?bool", "there are more")

#define SCHEMA_OBJECT(_, object)                                   \
	_(object, kind, "reason", "one word")                      \
	_(object, address, "?address", "of the lock")              \
	_(object, name, "?text", "of the lock")                    \
	_(object, syscall, "?text", "it is blocked in")            \
	_(object, fd, "?int", "the descriptor it waits on")        \
	_(object, timed, "?bool", "time alone will end it")        \
	_(object, file, "?text", "what the descriptor is")         \
	_(object, left_ns, "?int", "until time ends it")           \
	_(object, holders, "?[int", "processes that could end it") \
	_(object, holders_complete, "?bool", "nobody else could")

#define SCHEMA_REPORT_PARTS(_)                                                                 \
	SCHEMA_OBJECT(_, report_object)                                                        \
	SCHEMA_OBJECT(_, report_wait)                                                          \
	_(report_wait, held_by, "?tid", "whom it waits for")                                   \
	_(report_wait, evidence, "evidence", "how that is known; learned: only as below")      \
	_(report_wait, learned, "?@report_learned", "who woke waits there before")             \
	_(report_learned, wakeups, "int", "of waits there, also by interrupts")                \
	_(report_learned, wakers, "[@report_waker", "the most frequent first")                 \
	_(report_waker, tid, "tid", "who; it need not be who ends this wait")                  \
	_(report_waker, name, "?text", "of that; null: nothing is known of it any more")       \
	_(report_waker, count, "int", "how often, at the least")                               \
	_(report_waker, state, "?state", "it is in now; null: it is not traced")               \
	_(report_wait, since_ns, "?int", "since when")                                         \
	_(report_wait, confirmed_ns, "?int", "when that was read again")                       \
	_(report_wait, stack, "?[text", "the functions it is in, innermost first")             \
	_(report_wait, stack_truncated, "?bool", "there are more")                             \
	_(report_thread, tid, "tid", "")                                                       \
	_(report_thread, pid, "?tid", "its process")                                           \
	_(report_thread, ppid, "?int", "the parent of that")                                   \
	_(report_thread, name, "?text", "")                                                    \
	_(report_thread, state, "state", "")                                                   \
	_(report_thread, running_ns, "int", "time in this state")                              \
	_(report_thread, ready_ns, "int", "time in this state")                                \
	_(report_thread, blocked_ns, "int", "time in this state")                              \
	_(report_thread, stopped_ns, "int", "time in this state")                              \
	_(report_thread, new_ns, "int", "time in this state")                                  \
	_(report_thread, unknown_ns, "int", "time in this state")                              \
	_(report_thread, switches, "int", "times it was taken off a CPU")                      \
	_(report_thread, preemptions, "int", "of these: without wanting to")                   \
	_(report_thread, wakeups, "int", "")                                                   \
	_(report_thread, migrations, "int", "times it ran on another CPU than before")         \
	_(report_thread, blocked, "@report_reasons", "time blocked, by reason")                \
	_(report_thread, waits_for, "?@report_wait", "null: it is not blocked")                \
	_(report_thread, why, "@report_why", "what it does, and the chain behind that")        \
	_(report_why, sentence, "text", "of this thread; each of the chain has its own")       \
	_(report_why, chain, "[tid", "itself, then whom it waits for alone, whom that one ..") \
	_(report_why, end, "text", "how the last of the chain is: running, circle, ..")        \
	_(report_thread, met, "bool", "it was there before ctrace")                            \
	_(report_thread, created_ns, "?int", "")                                               \
	_(report_thread, ended_ns, "?int", "null: it lives")                                   \
	_(report_lock, address, "address", "")                                                 \
	_(report_lock, name, "?text", "")                                                      \
	_(report_lock, pid, "?tid", "its process; null: processes share it")                   \
	_(report_lock, kind, "reason", "what its waiters say it is")                           \
	_(report_lock, waits, "int", "")                                                       \
	_(report_lock, wait_ns, "int", "all of them")                                          \
	_(report_lock, max_wait_ns, "int", "the longest")                                      \
	_(report_lock, handoffs, "int", "times an unlock woke a waiter")                       \
	_(report_lock, owner, "?tid", "who holds it")                                          \
	_(report_lock, evidence, "evidence", "how that is known")                              \
	_(report_lock, waiters, "[tid", "longest first")

#define SCHEMA_INFO(_)                                                              \
	_(info, schema, "=ctrace.info/1", "what it is")                             \
	SCHEMA_META(_, info)                                                        \
	_(info, start_ns, "int", "CLOCK_MONOTONIC of the first event that is kept") \
	_(info, realtime_ns, "int", "the same moment, since 1970 UTC")              \
	_(info, duration_ns, "int", "from there to the last event")                 \
	_(info, first_event, "int", "its number")                                   \
	_(info, events, "int", "that are in the file")                              \
	_(info, kinds, "@info_kinds", "how many of each kind")                      \
	_(info, unreadable, "int", "of these, for the file is damaged")             \
	_(info, blocks, "int", "")                                                  \
	_(info, stored_bytes, "int", "that they take")                              \
	_(info, threads, "int", "that are told of in it")                           \
	_(info, notes, "int", "")                                                   \
	_(info, lost, "int", "events that are missing in it")                       \
	_(info, truncated, "bool", "the file was not closed")

#endif /* CTRACE_EXPORT_SCHEMA_FIELDS_H */
