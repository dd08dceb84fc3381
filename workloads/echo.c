/* SPDX-License-Identifier: GPL-2.0-only */
/* echo: the server waits for all clients at once (epoll), each client only for the server. */
#include <err.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char usage[] =
	"usage: echo [--clients N] [--messages N] [--seed N] [--truth] [--help]\n"
	"Each client (3) sends messages (5) to the server, and waits for what it sends back.";

enum { SERVER, CLIENT }; /* the ends of a line */
static int clients = 3, messages = 5, seed = 1, truth, line[65][2];
static const struct option options[] = {
	{ "clients", 1, &clients, 64 },	 { "messages", 1, &messages, 1000000 },
	{ "seed", 1, &seed, 999999999 }, { "truth", 0, &truth, 1 },
	{ "help", 0, NULL, 'h' },	 { 0 }
};
static __thread char me[16];

static void say(const char *fact, int n)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	if (truth)
		dprintf(1, "truth %ld%09ld %d %s %d\n", t.tv_sec, t.tv_nsec, gettid(), fact, n);
	else
		dprintf(1, "%s %s %d\n", me, fact, n);
}

static void *client(void *number)
{
	int i = (long)number, fd = line[i][CLIENT], echo;
	unsigned int dice = seed + i;

	snprintf(me, sizeof(me), "client-%d", i);
	pthread_setname_np(pthread_self(), me);
	for (int message = 0; message < messages; message++) {
		usleep(rand_r(&dice) % 100000);
		say("sends", message);
		write(fd, &message, sizeof(message));
		read(fd, &echo, sizeof(echo));
		say("hears", echo);
	}
	close(fd);
	return NULL;
}

static void *server(void *unused)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(0), message;
	unsigned int dice = seed;

	sprintf(me, "server");
	pthread_setname_np(pthread_self(), me);
	for (int i = 1; i <= clients; i++) {
		event.data.fd = line[i][SERVER];
		epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
	}
	for (int here = clients; here > 0;) {
		say("waits for clients", here);
		epoll_wait(epoll, &event, 1, -1);
		if (read(event.data.fd, &message, sizeof(message)) > 0) {
			usleep(rand_r(&dice) % 20000);
			say("echoes", message);
			write(event.data.fd, &message, sizeof(message));
		} else {
			say("closes fd", event.data.fd);
			close(event.data.fd);
			here--;
		}
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread[65];

	for (int c, i = 0; (c = getopt_long(argc, argv, "-", options, &i)) != -1;) {
		if (c > 1)
			exit(c == 'h' ? puts(usage) == EOF : 2);
		if (c || (optarg && sscanf(optarg, "%9d%c", options[i].flag, me) != 1) ||
		    *options[i].flag < 0 || *options[i].flag > options[i].val)
			errx(2, "what is '%s'? see --help", optarg);
	}
	for (int i = 1; i <= clients; i++)
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, line[i]))
			err(1, "cannot connect client-%d", i);
	for (long i = 0; i <= clients; i++)
		pthread_create(&thread[i], NULL, i ? client : server, (void *)i);
	for (int i = 0; i <= clients; i++)
		pthread_join(thread[i], NULL);
}
