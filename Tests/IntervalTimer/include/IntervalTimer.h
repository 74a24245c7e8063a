#pragma once

#pragma clang assume_nonnull begin

/// Starts two timers that signal this process every so many microseconds: SIGPROF while it computes, SIGALRM
/// always. Their handler fills four kilobytes of its stack. SIGALRM's does not restart system calls.
/// In C because a handler in Swift has no memory of a given size on its stack.
void it_start(int microseconds);

/// How many signals were handled.
long it_count(void);

#pragma clang assume_nonnull end
