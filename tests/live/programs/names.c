/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads with names that are code in some format, in each other's way on one mutex. */
#include <pthread.h>
#include <unistd.h>

static const char *const names[] = {
	"</script><b>",
	"\"];x[label=\"",
	"=1+cmd|'/C c'!A",
	"\033]0;owned\a\033[2J",
	"a\nb\r\nc",
	"\xff\xfe\xc3(",
	"';alert(1)//",
	"%s%n%x${IFS}`id`",
	"<!--&amp;]]>",
	"\\u0022\\",
	"-->end;A-->B",
	"\xe2\x80\xae"
	"evil",
};

enum { NAME_CNT = sizeof(names) / sizeof(names[0]) };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *name)
{
	pthread_setname_np(pthread_self(), name);
	for (int i = 0; i < 3; i++) {
		pthread_mutex_lock(&lock);
		usleep(500);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[NAME_CNT];

	for (int i = 0; i < NAME_CNT; i++)
		pthread_create(&threads[i], NULL, work, (void *)names[i]);
	for (int i = 0; i < NAME_CNT; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
