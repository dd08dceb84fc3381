/* SPDX-License-Identifier: GPL-2.0-only */
/* echo: the server waits for all clients at once (epoll), each client only for the server. */
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "lesson.h"

enum end { SERVER, CLIENT };

static int clients = 3, messages = 5, tcp, processes, line[65][2];
static const struct knob knobs[] = {
	{ "clients=N", &clients, 1, 64, "each with a line of its own to the server (3)" },
	{ "messages=N", &messages, 0, 1000000, "each client sends, and waits for the echo (5)" },
	{ "tcp", &tcp, 0, 1, "the lines are loopback TCP, not socket pairs" },
	{ "processes", &processes, 0, 1, "the clients are processes, not threads" },
	{ 0 },
};

static int tcp_pair(int fd[2])
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr *addr = (struct sockaddr *)&in;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t sz = sizeof(in);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd[CLIENT] = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, addr, sz) || listen(listener, 1) || getsockname(listener, addr, &sz) ||
	    connect(fd[CLIENT], addr, sz))
		return -1;
	fd[SERVER] = accept(listener, NULL, NULL);
	close(listener);
	return fd[SERVER] < 0;
}

static void *client(void *number)
{
	int i = (long)number, fd = line[i][CLIENT], echo;

	name_me("client-%d", i);
	for (int message = 0; message < messages; message++) {
		rest(0, 100);
		say("sends %d to fd %d", message, fd);
		write(fd, &message, sizeof(message));
		read(fd, &echo, sizeof(echo));
		say("hears %d", echo);
	}
	shutdown(fd, SHUT_RDWR);
	return NULL;
}

static void *server(void *number)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(0), message;

	name_me("server", (long)number);
	for (int i = 1; i <= clients; i++) {
		event.data.fd = line[i][SERVER];
		epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
	}
	for (int here = clients; here > 0;) {
		say("waits for %d clients in epoll %d", here, epoll);
		epoll_wait(epoll, &event, 1, -1);
		if (read(event.data.fd, &message, sizeof(message)) > 0) {
			say("echoes %d to fd %d", message, event.data.fd);
			rest(0, 20);
			write(event.data.fd, &message, sizeof(message));
		} else {
			say("closes fd %d", event.data.fd);
			epoll_ctl(epoll, EPOLL_CTL_DEL, event.data.fd, NULL);
			close(event.data.fd); /* alone not enough: a child may hold a copy */
			here--;
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	knobs_read(argc, argv, "Clients send messages to a server, which sends them back.", knobs);
	for (int i = 1; i <= clients; i++)
		if (tcp ? tcp_pair(line[i]) : socketpair(AF_UNIX, SOCK_STREAM, 0, line[i]))
			err(1, "cannot connect client-%d", i);
	crew_start(client, 1, clients, processes);
	crew_start(server, 0, 0, 0);
	return crew_wait();
}
