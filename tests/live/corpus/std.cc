// SPDX-License-Identifier: GPL-2.0-only
// The same with the standard library of C++: std SITUATION.
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <future>
#include <latch>
#include <mutex>
#include <pthread.h>
#include <shared_mutex>
#include <thread>

namespace bank {
struct account {
	std::mutex mu;
};
account accounts[2];
}

static std::latch both(2);
static std::shared_mutex shared;

static void name_me(int i)
{
	char name[] = "stuck-0";

	name[6] += i;
	pthread_setname_np(pthread_self(), name);
}

static void in_two(const std::function<void(int)> &work)
{
	std::thread a(work, 0), b(work, 1);

	a.join();
	b.join();
}

static void transfer(int i)
{
	name_me(i);
	std::lock_guard<std::mutex> from(bank::accounts[i].mu);
	both.arrive_and_wait();
	std::lock_guard<std::mutex> to(bank::accounts[!i].mu);
}

/* Takes both in any order, and gives back what it has when it would wait. */
static void scoped(int i)
{
	for (int n = 0; n < 20000; n++)
		std::scoped_lock locks(bank::accounts[i].mu, bank::accounts[!i].mu);
	std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

static void shared_writer(int i)
{
	name_me(i);
	std::unique_lock<std::shared_mutex> first(shared, std::defer_lock);
	std::unique_lock<std::mutex> second(bank::accounts[0].mu, std::defer_lock);

	i ? first.lock() : second.lock();
	both.arrive_and_wait();
	i ? second.lock() : first.lock();
}

static std::condition_variable filled;

static void consumer(int i)
{
	name_me(i);
	std::unique_lock<std::mutex> guard(bank::accounts[0].mu);
	filled.wait(guard);
}

static void unkept_promise()
{
	std::promise<int> promise;

	name_me(0);
	promise.get_future().wait();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "mutex"))
		in_two(transfer);
	else if (!strcmp(what, "scoped"))
		in_two(scoped);
	else if (!strcmp(what, "shared"))
		in_two(shared_writer);
	else if (!strcmp(what, "condition"))
		in_two(consumer);
	else if (!strcmp(what, "promise"))
		unkept_promise();
	else
		return 2;
	return 0;
}
