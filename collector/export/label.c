/* SPDX-License-Identifier: GPL-2.0-only */
/* Short names that exports share. */
#include "export/label.h"

#include <ctype.h>

__u64 label_address(const struct wait *w)
{
	return wait_is_futex(w) && w->reason != WAIT_JOIN ? wait_lock_address(w) : 0;
}

void label_wait(const struct wait *w, const char *lock_name, struct strbuf *ret)
{
	strbuf_adds(ret, wait_reason_word(w->reason));
	if (label_address(w) && lock_name && *lock_name)
		strbuf_addf(ret, " %s", lock_name);
	else if (label_address(w))
		strbuf_addf(ret, " 0x%llx", (unsigned long long)label_address(w));
	else if (wait_fd(w) >= 0)
		strbuf_addf(ret, " fd %d", wait_fd(w));
}

const char *label_lower(const char *word, char buf[EXPORT_WORD_SZ])
{
	size_t len = 0;

	for (; word[len] && len < EXPORT_WORD_SZ - 1; len++)
		buf[len] = tolower((unsigned char)word[len]);
	buf[len] = '\0';
	return buf;
}

const char *label_irq(__u8 flags)
{
	if (flags & EVF_HARDIRQ)
		return "hard";
	return flags & EVF_SOFTIRQ ? "soft" : NULL;
}

const char *label_name(const struct model *m, __u32 tid)
{
	const struct thread *t = model_find_thread(m, tid);

	return t && !(t->flags & THREAD_NAMELESS) ? t->name : NULL;
}
