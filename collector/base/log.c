/* SPDX-License-Identifier: GPL-2.0-only */
/* Diagnostic lines for whoever runs the program: collected here, shown by the sink. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/safe_text.h"
#include "base/strbuf.h"

static log_sink_fn log_sink;
static void *log_sink_arg;

void log_set_sink(log_sink_fn fn, void *arg)
{
	log_sink = fn;
	log_sink_arg = arg;
}

/* Hand the @len bytes at @text, no newline among them, to the sink; overwrites them. */
static void log_line(enum log_level level, char *text, size_t len)
{
	/* The byte behind the line is its newline or the NUL of the text. */
	safe_text(text, len + 1, text, len);
	log_sink(log_sink_arg, level, text);
}

static void log_text(enum log_level level, const char *fmt, va_list args)
{
	int saved_errno = errno;
	struct strbuf text = {};
	char *line, *newline;

	if (!log_sink)
		return;
	strbuf_vaddf(&text, fmt, args);
	while (text.len && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	line = text.data;
	while ((newline = memchr(line, '\n', text.data + text.len - line))) {
		log_line(level, line, newline - line);
		line = newline + 1;
	}
	log_line(level, line, text.data + text.len - line);
	strbuf_release(&text);
	errno = saved_errno;
}

#define LOG_FUNCTION(name, level)           \
	void name(const char *fmt, ...)     \
	{                                   \
		va_list args;               \
                                            \
		va_start(args, fmt);        \
		log_text(level, fmt, args); \
		va_end(args);               \
	}

LOG_FUNCTION(log_err, LOG_ERR)
LOG_FUNCTION(log_warn, LOG_WARN)
LOG_FUNCTION(log_info, LOG_INFO)
LOG_FUNCTION(log_debug, LOG_DEBUG)
