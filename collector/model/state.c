/* SPDX-License-Identifier: GPL-2.0-only */
/* The words of the lists in state.h. */
#include "model/state.h"

#define WORD_OF(table, i) \
	((unsigned)(i) < sizeof(table) / sizeof((table)[0]) && (table)[i] ? (table)[i] : "?")

const char *thread_state_word(enum thread_state s)
{
	static const char *const words[] = {
#define STATE_WORD(name, id, letter, word, help) [id] = (word),
		THREAD_STATES(STATE_WORD)
#undef STATE_WORD
	};

	return WORD_OF(words, s);
}

char thread_state_letter(enum thread_state s)
{
	static const char letters[] = {
#define STATE_LETTER(name, id, letter, word, help) [id] = (letter),
		THREAD_STATES(STATE_LETTER)
#undef STATE_LETTER
	};

	return (unsigned)s < sizeof(letters) ? letters[s] : '?';
}

const char *thread_state_help(enum thread_state s)
{
	static const char *const helps[] = {
#define STATE_HELP(name, id, letter, word, help) [id] = (help),
		THREAD_STATES(STATE_HELP)
#undef STATE_HELP
	};

	return WORD_OF(helps, s);
}

const char *ready_cause_word(enum ready_cause c)
{
	static const char *const words[] = {
#define CAUSE_WORD(name, id, word) [id] = (word),
		READY_CAUSES(CAUSE_WORD)
#undef CAUSE_WORD
	};

	return WORD_OF(words, c);
}

const char *wait_reason_word(enum wait_reason r)
{
	static const char *const words[] = {
#define REASON_WORD(name, id, word, help) [id] = (word),
		WAIT_REASONS(REASON_WORD)
#undef REASON_WORD
	};

	return WORD_OF(words, r);
}

const char *wait_reason_help(enum wait_reason r)
{
	static const char *const helps[] = {
#define REASON_HELP(name, id, word, help) [id] = (help),
		WAIT_REASONS(REASON_HELP)
#undef REASON_HELP
	};

	return WORD_OF(helps, r);
}

const char *evidence_word(enum evidence e)
{
	static const char *const words[] = {
#define EVIDENCE_WORD(name, id, word, help) [id] = (word),
		EVIDENCES(EVIDENCE_WORD)
#undef EVIDENCE_WORD
	};

	return WORD_OF(words, e);
}

const char *evidence_phrase(enum evidence e, bool is_of_kernel)
{
	switch (e) {
	case EVIDENCE_OBSERVED:
		return "observed";
	case EVIDENCE_READ:
		return is_of_kernel ? "told by the kernel" : "read from memory";
	case EVIDENCE_LEARNED:
		return "learned: it woke others here before";
	case EVIDENCE_UNKNOWN:
		break;
	}
	return "how is not known";
}
