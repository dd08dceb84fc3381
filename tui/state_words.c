/* SPDX-License-Identifier: GPL-2.0-only */
/* The words for the states of a thread: ctrace's own, or those of a textbook. */
#include "tui/state_words.h"

#include <string.h>

enum { TASK_UNINTERRUPTIBLE_BIT = 0x2 }; /* include/linux/sched.h */

#define DISK_SLEEP "Disk sleep"

enum wording {
#define WORDING_ENUM(name, help) WORDING_##name,
	WORDINGS(WORDING_ENUM)
#undef WORDING_ENUM
		WORDING_CNT,
};

/* Where word is NULL it is that of the list of states. */
static const struct {
	char letter;
	const char *word;
} others[WORDING_CNT][THREAD_STATE_CNT] = {
#define OTHER_WORD(wording, state, letter, word) \
	[WORDING_##wording][THREAD_##state] = { (letter), (word) },
	OTHER_STATE_WORDS(OTHER_WORD)
#undef OTHER_WORD
};

static enum wording chosen;

bool state_words_choose(const char *name)
{
	static const char *const names[] = {
#define WORDING_NAME(name, help) #name,
		WORDINGS(WORDING_NAME)
#undef WORDING_NAME
	};

	for (int i = 0; i < WORDING_CNT; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		chosen = (enum wording)i;
		return true;
	}
	return false;
}

static bool is_other(enum thread_state s)
{
	return (unsigned)s < THREAD_STATE_CNT && others[chosen][s].word;
}

const char *state_word(enum thread_state s)
{
	return is_other(s) ? others[chosen][s].word : thread_state_word(s);
}

char state_letter(enum thread_state s)
{
	return is_other(s) ? others[chosen][s].letter : thread_state_letter(s);
}

int state_words_cols(void)
{
	int cols = chosen == WORDING_linux ? (int)strlen(DISK_SLEEP) : 0;

	for (int s = 0; s < THREAD_STATE_CNT; s++)
		if ((int)strlen(state_word(s)) > cols)
			cols = (int)strlen(state_word(s));
	return cols;
}

/* Not even a signal ends such a wait: ps(1) says D, "uninterruptible sleep". */
static bool is_disk_sleep(const struct thread *t)
{
	return chosen == WORDING_linux && t->state == THREAD_BLOCKED &&
	       (t->wait.prev_state & TASK_UNINTERRUPTIBLE_BIT);
}

const char *state_word_of(const struct thread *t)
{
	return is_disk_sleep(t) ? DISK_SLEEP : state_word(t->state);
}

char state_letter_of(const struct thread *t)
{
	return is_disk_sleep(t) ? 'D' : state_letter(t->state);
}
