/* SPDX-License-Identifier: GPL-2.0-only */
/* The words for states: those of the list, but where a textbook has its own. */
#include "tui/state_words.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

TestSuite(state_words, .timeout = 10);

static void expect_words(const char *const words[THREAD_STATE_CNT], const char *letters)
{
	for (int s = 0; s < THREAD_STATE_CNT; s++) {
		cr_expect(eq(str, (char *)state_word(s), (char *)words[s]));
		cr_expect(eq(chr, state_letter(s), letters[s]), "%s", words[s]);
	}
}

Test(state_words, are_our_own_until_others_are_chosen)
{
	for (int s = 0; s < THREAD_STATE_CNT; s++) {
		cr_expect(eq(str, (char *)state_word(s), (char *)thread_state_word(s)));
		cr_expect(eq(chr, state_letter(s), thread_state_letter(s)));
	}
}

Test(state_words, of_ostep)
{
	cr_assert(state_words_choose("ostep"));
	expect_words((const char *const[]){ "Unknown", "New", "Ready", "Running", "Blocked",
					    "Stopped", "Zombie", "Terminated" },
		     "?NYRBSZT");
}

Test(state_words, of_silberschatz)
{
	cr_assert(state_words_choose("silberschatz"));
	expect_words((const char *const[]){ "Unknown", "New", "Ready", "Running", "Waiting",
					    "Stopped", "Terminated", "Terminated" },
		     "?NYRWSTT");
}

Test(state_words, of_linux)
{
	cr_assert(state_words_choose("linux"));
	expect_words((const char *const[]){ "Unknown", "New", "Runnable", "Running", "Sleeping",
					    "Stopped", "Zombie", "Dead" },
		     "?NRRSTZX");
}

Test(state_words, linux_tells_two_kinds_of_sleep)
{
	struct thread t = { .state = THREAD_BLOCKED, .wait.prev_state = 2 };

	cr_expect(eq(chr, state_letter_of(&t), 'B'));
	cr_assert(state_words_choose("linux"));
	cr_expect(eq(chr, state_letter_of(&t), 'D'));
	t.wait.prev_state = 1;
	cr_expect(eq(chr, state_letter_of(&t), 'S'));
	t.state = THREAD_RUNNING;
	t.wait.prev_state = 2;
	cr_expect(eq(chr, state_letter_of(&t), 'R'));
}

Test(state_words, that_nobody_uses_change_nothing)
{
	cr_assert(state_words_choose("linux"));
	cr_expect(not(state_words_choose("windows")));
	cr_expect(eq(chr, state_letter(THREAD_DEAD), 'X'));
}

Test(state_words, longest_is_known)
{
	cr_expect(eq(int, state_words_cols(), 7));
	cr_assert(state_words_choose("ostep"));
	cr_expect(eq(int, state_words_cols(), 10));
}

Test(state_words, out_of_range_is_a_question_mark)
{
	cr_expect(eq(str, (char *)state_word(THREAD_STATE_CNT), "?"));
}
