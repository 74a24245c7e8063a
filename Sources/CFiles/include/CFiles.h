#pragma once

#pragma clang assume_nonnull begin

/// Exchanges two paths of one file system atomically.
/// Returns 0, or the `errno` of why it cannot be done: ENOSYS where the system has no such call.
/// In C because Swift sees neither `renameat2`, which glibc declares as an extension, nor `syscall`.
int cf_exchange(const char *first, const char *second);

/// Whether an open file takes its room in memory instead of on a disk: 1 or 0; 0 where the system does
/// not say. In C because glibc's module has no `statfs`.
int cf_is_in_memory(int descriptor);

#pragma clang assume_nonnull end
