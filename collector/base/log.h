/* SPDX-License-Identifier: GPL-2.0-only */
/* Diagnostic lines for whoever runs the program: collected here, shown by the sink. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level {
	LOG_ERR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
};

/*
 * Receives one line: no trailing newline, already safe_text, valid only during
 * the call. The sink must not log itself.
 */
typedef void (*log_sink_fn)(void *arg, enum log_level level, const char *line);

/*
 * Send all further lines to @fn(@arg, ...); NULL drops them, which is also the
 * state at start. The layers below cmd/ do not know whether a terminal, a
 * screen or a test is listening. To be set before other threads log.
 */
void log_set_sink(log_sink_fn fn, void *arg);

/*
 * printf-like, any length. A text of several lines (a BPF verifier log) arrives
 * as several lines; newlines at its end are dropped. errno survives the call.
 */
void log_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
