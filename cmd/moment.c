/* SPDX-License-Identifier: GPL-2.0-only */
/* The moments of a recording that --at, --from and --to name. */
#include "cmd/moment.h"

#include "base/fmt.h"
#include "base/log.h"
#include "cmd/exit_status.h"

int moment_parse(const struct trace *t, const char *option, const char *value, __u64 *ret_ns)
{
	__u64 begin_ns = model_begin_ns(trace_tail(t)), end_ns = trace_end_ns(t);
	uint64_t ns;
	char buf[FMT_SZ];

	if (!value)
		return 0;
	if (parse_duration(value, &ns)) {
		log_err("--%s: '%s' is not a time such as 1.5s or 20ms", option, value);
		return EXIT_USAGE;
	}
	if (ns > end_ns - begin_ns) {
		log_err("--%s: the trace ends at %s", option,
			fmt_duration(buf, sizeof(buf), end_ns - begin_ns));
		return EXIT_USAGE;
	}
	*ret_ns = begin_ns + ns;
	return 0;
}
