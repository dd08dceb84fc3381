/* SPDX-License-Identifier: GPL-2.0-only */
/* Says which signal it got and how often, for half a second; then ends with status 40. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

int main(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct signalfd_siginfo si;
	struct pollfd pfd = { .events = POLLIN };
	int timeout_ms = 20000;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pfd.fd = signalfd(-1, &set, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (poll(&pfd, 1, timeout_ms) == 1 && read(pfd.fd, &si, sizeof(si)) == sizeof(si)) {
		printf("got %u\n", si.ssi_signo);
		timeout_ms = 500; /* a second one would come soon */
	}
	return timeout_ms == 500 ? 40 : EXIT_FAILURE;
}
