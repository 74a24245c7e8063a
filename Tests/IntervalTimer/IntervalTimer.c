#include "IntervalTimer.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>

static atomic_long count;

static void handle(int number) {
  (void)number;
  volatile char frame[4096];
  memset((void *)frame, 0xA5, sizeof frame);
  atomic_fetch_add(&count, 1);
}

static void start(int number, int timer, int flags, int microseconds) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle;
  action.sa_flags = flags;
  sigaction(number, &action, NULL);
  struct itimerval interval = {{0, microseconds}, {0, microseconds}};
  setitimer(timer, &interval, NULL);
}

void it_start(int microseconds) {
  start(SIGPROF, ITIMER_PROF, SA_RESTART, microseconds);
  start(SIGALRM, ITIMER_REAL, 0, microseconds);
}

long it_count(void) { return atomic_load(&count); }
